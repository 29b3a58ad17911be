import type { RunDocument } from '../../runner/history/run-document.ts'
import type { renderSweep } from '../../ui/sweep.ts'
import { exampleReport } from './example-report.ts'

const VALUES = { '0.85': { '1e-3': 0.85, '3e-3': 0.86 }, '0.90': { '1e-3': 0.92, '3e-3': 0.93 } } as const
const BEST = 0.93

/** Four variants on two axes; those of variance 0.90 cannot be told apart. */
export function exampleSweep(): Parameters<typeof renderSweep>[0] {
  const rows = Object.entries(VALUES).flatMap(([variance, rates]) =>
    Object.entries(rates).map(([lr, value]) => figures(variance, lr, value)),
  )
  const cells = rows.map(({ address, variant }) => ({ label: address.split('@')[1], variant }))
  const { document } = EXAMPLE
  return {
    document: { ...document, variants: 4, spec: { ...document.spec, cells }, comparison: rows },
    spelling: new Map(
      rows.map(({ address }) => [
        address,
        new Map(
          address
            .split('@')[1]
            .split(',')
            .map((cell) => cell.split('=') as [string, string]),
        ),
      ]),
    ),
    reports: new Map([[rows[2].address, './report-variance=0.90.html']]),
  }
}

const EXAMPLE = await exampleReport()

function figures(variance: string, lr: string, value: number): RunDocument['comparison'][number] {
  const apart = value - BEST
  const alike = variance === '0.90'
  return {
    stage: 'evaluate',
    variant: { variance: Number(variance), lr: Number(lr) },
    address: `evaluate@variance=${variance},lr=${lr}`,
    metrics: {
      image_auroc: { value, interval: [value - 0.03, value + 0.03] },
      pixel_auroc: { value: null },
      pixel_aupro: { value: null },
    },
    standings: [
      {
        metric: 'image_auroc',
        difference: apart,
        interval: alike ? [apart - 0.02, apart + 0.02] : [apart - 0.04, apart + 0.04],
        word: value === BEST ? 'best' : alike ? 'not-worse' : 'worse',
      },
    ],
    gate: 'met',
    costMs: 20_000,
  }
}
