import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Item } from '../../artifacts/items.ts'
import { acquireFolder } from '../../stages/acquire/folder.ts'
import { splitByPart } from '../../stages/split/by-part.ts'
import { withDefaults } from './image-folder.ts'
import { listItems } from './items.ts'
import { scanContext } from './scan-context.ts'

const PIPED = join(import.meta.dirname, '../../../shared/data/piped')
const PAPERS = ['PA_BRG02_RL', 'PA_BTN01_RL', 'PA_FVN01_TL', 'PA_ZPB01_RL']
const missing = !existsSync(PIPED)
if (missing) console.log('skipped: the sample images in ../shared/data/piped are not here')

const scan = (paper: string, settings: object = {}) =>
  acquireFolder.scan(withDefaults(acquireFolder, { dir: paper, ...settings }), scanContext(PIPED))

const count = (items: readonly Item[], split: string, label: string): number =>
  items.filter((item) => item.split === split && item.label === label).length

describe.skipIf(missing)('real sheets of paper', () => {
  test.each(PAPERS)(
    '%s: 32 to train, 16 good and 48 defective ones to test, each of these with its mask',
    async (paper) => {
      const { items, diagnostics } = await scan(paper)
      expect([count(items, 'train', 'ok'), count(items, 'test', 'ok'), count(items, 'test', 'nok')]).toEqual([
        32, 16, 48,
      ])
      expect(items.filter(({ mask }) => mask !== undefined).map(({ label }) => label)).toEqual(Array(48).fill('nok'))
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    },
  )

  test('sheets are held out whole, whether their numbers have leading zeros or not', async () => {
    for (const paper of PAPERS) {
      const { items } = await scan(paper, { fields: `${paper}_S_{kind}_{part}_{patch}` })
      expect(items.find(({ id }) => id.includes('ND_10_2'))).toMatchObject({
        part: '10',
        fields: { kind: 'ND', patch: '2' },
      })
      const { items: split, diagnostics = [] } = listItems(splitByPart, items)
      const sheets = (side: string): number[] =>
        [...new Set(split.filter((item) => item.split === side).map(({ part }) => Number(part)))].sort((a, b) => a - b)
      expect(sheets('held_out')).toHaveLength(2)
      expect([...sheets('held_out'), ...sheets('train')].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
      // Defective sheets are numbered 01 to 12 like the good ones; whether they are the same ones is not known.
      expect(diagnostics.map(({ message }) => message)).toEqual(['8 parts in training and test: 1, 2, 3, 4, 5, ...'])
    }
  })

  test('equal patches are told once', async () => {
    const repeats = await Promise.all(
      PAPERS.map(async (paper) =>
        (await scan(paper)).diagnostics.map(({ code, at, message }) => [code, at?.file, message]),
      ),
    )
    expect(repeats).toEqual([
      [
        [
          'W226',
          'PA_BRG02_RL/train/ok/PA_BRG02_RL_S_ND_07_2.png',
          'equal content as train/ok/PA_BRG02_RL_S_ND_07_1.png',
        ],
      ],
      [],
      [['W226', 'PA_FVN01_TL/test/ok/PA_FVN01_TL_S_ND_11_3.png', 'equal content as test/ok/PA_FVN01_TL_S_ND_11_2.png']],
      [],
    ])
  })
})
