import { describe, expect, test } from 'vitest'
import { type Lease, LeasePool, type Need } from '../../runner/lease-pool.ts'

const light = (resources: Need['resources'] = {}): Need => ({ lane: 'light', resources })
const CORES: Need = { lane: 'cores', resources: {} }

/** Asks for all needs at once and gives those that were lent, in order, each by its place among the needs. */
function ask(pool: LeasePool, needs: readonly Need[]): { lent: number[]; leases: Map<number, Lease> } {
  const lent: number[] = []
  const leases = new Map<number, Lease>()
  for (const [place, need] of needs.entries())
    void pool.acquire(need).then((lease) => {
      if (lease === undefined) return
      lent.push(place)
      leases.set(place, lease)
    })
  return { lent, leases }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the pool', () => {
  test('lends all cores to one and the light lane to as many as there are jobs', async () => {
    const { lent, leases } = ask(new LeasePool(2, { gpu: [], amounts: {} }), [CORES, CORES, light(), light(), light()])
    await settled()
    expect(lent).toEqual([0, 2, 3])
    leases.get(0)!.release()
    leases.get(0)!.release() // once is enough
    leases.get(3)!.release()
    await settled()
    expect(lent).toEqual([0, 2, 3, 1, 4])
  })

  test('lets pass who fits, and then goes by who came first', async () => {
    const pool = new LeasePool(9, { gpu: ['4', '7'], amounts: { io: 1 } })
    const { lent, leases } = ask(pool, [
      light({ gpu: 2 }),
      light({ gpu: 1 }),
      light({ io: 1 }),
      light({ gpu: 1 }),
      light({ io: 0.4 }),
    ])
    await settled()
    expect(lent).toEqual([0, 2])
    expect(leases.get(0)!.devices).toEqual(['4', '7'])
    expect(pool.shortOf(light({ gpu: 1, other: 5 }))).toEqual({ need: { gpu: 1 }, free: { gpu: 0 } })
    leases.get(0)!.release()
    await settled()
    expect(lent).toEqual([0, 2, 1, 3])
    expect([leases.get(1)!.devices, leases.get(3)!.devices]).toEqual([['4'], ['7']])
  })

  test('lends shares of 0.1 ten times', async () => {
    const pool = new LeasePool(20, { gpu: [], amounts: { io: 1 } })
    const { lent } = ask(
      pool,
      Array.from({ length: 11 }, () => light({ io: 0.1 })),
    )
    await settled()
    expect(lent).toHaveLength(10)
  })

  test('sends away who waits, and who comes later, once it is drained', async () => {
    const pool = new LeasePool(1, { gpu: [], amounts: {} })
    await pool.acquire(CORES)
    const waiting = pool.acquire(CORES)
    pool.drain()
    expect([await waiting, await pool.acquire(light())]).toEqual([undefined, undefined])
  })
})
