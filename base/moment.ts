const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A moment as people name it, in local time: `today 14:02`, `21 Nov 09:40`, and with the year where that is another one. */
export function formatMoment(at: Date, now: Date): string {
  const clock = `${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}`
  if (at.toDateString() === now.toDateString()) return `today ${clock}`
  const day = `${twoDigits(at.getDate())} ${MONTHS[at.getMonth()]}`
  return at.getFullYear() === now.getFullYear() ? `${day} ${clock}` : `${day} ${at.getFullYear()} ${clock}`
}

const twoDigits = (n: number): string => String(n).padStart(2, '0')
