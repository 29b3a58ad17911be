import { describe, expect, test } from 'vitest'
import { comparisonRow } from '../../bench/comparison.ts'
import { type Contender, race } from '../../bench/peer.ts'

/** Answers 1, 2, 3, ... times `factor` ms. */
const counting = (name: string, factor: number): Contender => ({
  name,
  command: [
    process.execPath,
    '-e',
    `let n = 0; console.log('ready')
     require('node:readline').createInterface({ input: process.stdin }).on('line', () => console.log(++n * ${factor} + ' 10 step ' + n))`,
  ],
})
const silent = { settleMs: 0, tell: () => undefined }

describe('a race', () => {
  test('keeps the times of each round but those of the warm-up', async () => {
    expect(await race([counting('a', 1), counting('b', 10)], { rounds: 3, ...silent })).toEqual([
      { name: 'a', ms: [2, 3, 4], peakMb: 10, note: 'step 4' },
      { name: 'b', ms: [20, 30, 40], peakMb: 10, note: 'step 4' },
    ])
  })

  test('names the contender that ends early', async () => {
    const broken = { name: 'broken', command: [process.execPath, '-e', ''] }
    await expect(race([counting('a', 1), broken], { rounds: 1, ...silent })).rejects.toThrow('broken ended early')
  })

  test('names a contender whose program is not there', async () => {
    const missing = { name: 'missing', command: ['./no-such-program'] }
    await expect(race([missing], { rounds: 1, ...silent })).rejects.toThrow('missing ended early')
  })
})

describe('a row of comparison', () => {
  const ours = { name: 'flawline', ms: [100, 300, 200], peakMb: 50.4, note: '' }
  const peer = { name: 'peer', ms: [50, 600, 250], peakMb: 99.6, note: '' }

  test('takes the ratio round by round, then its median', () => {
    expect(comparisonRow({ what: 'step', ours, peer, budget: 0.9 })).toEqual([
      'step',
      '200 (100)',
      'peer',
      '250 (50.0)',
      '0.80',
      '0.90',
      '50 / 100',
    ])
  })

  test('has a time for a budget where there is no peer', () => {
    expect(comparisonRow({ what: 'step', ours, budget: 1000 })).toEqual([
      'step',
      '200 (100)',
      '',
      '',
      '',
      '1000 ms',
      '50',
    ])
  })
})
