import { basename, join } from 'node:path'
import { digestValue } from '../base/digest.ts'
import { Failure } from '../base/diagnostic.ts'
import { writeFailure } from '../base/write-failure.ts'
import { writeWhole } from '../base/write-whole.ts'
import { readRun } from '../runner/history/find-run.ts'
import type { RunDocument } from '../runner/history/run-document.ts'
import { cellsOf, type Side, verdictsIn } from '../runner/history/variant.ts'
import { readReport, type ReportFolders } from '../runner/report/read-report.ts'
import { labelsIn } from '../runner/select/addressed.ts'
import { fileName } from '../runner/stage-log.ts'
import { relativeUrl } from '../ui/page/html.ts'
import { renderReport } from '../ui/report.ts'
import { renderSweep } from '../ui/sweep.ts'

/** Test images that a report carries where nobody says how many. */
export const REPORT_IMAGES = 200
/** Sweeps up to this many variants get the report of each at once; of larger ones the best alone. */
const MOST_REPORTS = 12

interface ReportOptions {
  readonly images: number
  /** Where the file goes; else into the folder of the run it tells of, under the variant's name where one was asked for. */
  readonly file?: string
}

/** Writes the report of a run's best verdict or of one variant, and gives its path. Throws E006 where there is nothing to report, E403, E501. */
export async function writeReport(folders: ReportFolders, side: Side, options: ReportOptions): Promise<string> {
  const input = await readReport(folders, side)
  const name = reportName(side.cell?.label ?? '')
  const path = options.file ?? join(folders.runs, input.document.run, name)
  writePage(path, renderReport(input, options.images))
  return path
}

const reportName = (label: string): string =>
  label === '' ? 'report.html' : `report-${fileName(label, digestValue('variant', label))}.html`

/**
 * Everything there is to report of a run: of one with variants `sweep.html`, beside it the best one's `report.html` and, where
 * they are few, a file of each. Gives the path of the page to begin with. Throws as `writeReport` does.
 */
export async function writeReports(folders: ReportFolders, document: RunDocument, images: number): Promise<string> {
  if (document.sameAs !== undefined) return writeReports(folders, readRun(folders.runs, document.sameAs), images)
  const best = await writeReport(folders, { document }, { images })
  if (document.comparison.length === 0) return best
  const cells = document.comparison.length > MOST_REPORTS ? [] : cellsOf(document)
  const reports = new Map<string, string>()
  for (const cell of cells) {
    const side = { document, cell }
    if (verdictsIn(side).length === 0) continue
    const path = await writeReport(folders, side, { images })
    for (const { address } of verdictsIn(side)) reports.set(address, relativeUrl(basename(path)))
  }
  const path = join(folders.runs, document.run, 'sweep.html')
  const spelling = new Map(document.comparison.map(({ address }) => [address, labelsIn(address)]))
  writePage(path, renderSweep({ document, spelling, reports }))
  return path
}

/** The reports of a run that has just ended; undefined where it reached no verdict, or where there is no room for them. */
export async function reportRun(folders: ReportFolders, run: string): Promise<string | undefined> {
  const document = readRun(folders.runs, run)
  if (document.verdicts.length === 0) return undefined
  try {
    return await writeReports(folders, document, REPORT_IMAGES)
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

function writePage(path: string, text: string): void {
  try {
    writeWhole(path, text)
  } catch (error) {
    throw writeFailure(error, `cannot write ${path}`)
  }
}
