/** The one place that reads quantities as people write them on the command line and in specs. */

const BYTES = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const
const MILLISECONDS = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5 } as const

/** `4G`, `1.5GB`, `800M`, `64k`, `512` as bytes (decimal); undefined for anything else. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d{1,15}(?:\.\d{1,6})?)([kMGT]?)B?$/.exec(text)
  return match === null ? undefined : Math.round(Number(match[1]) * BYTES[match[2] as keyof typeof BYTES])
}

/** `500ms`, `30s`, `10m`, `1.5h`, `30d` as milliseconds; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|[smhd])$/.exec(text)
  return match === null ? undefined : Math.round(Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS])
}
