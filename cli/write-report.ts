import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestValue } from '../base/digest.ts'
import { Failure } from '../base/diagnostic.ts'
import { storageFailure } from '../base/storage-failure.ts'
import { readRun } from '../runner/history/find-run.ts'
import { cellsOf, type Side } from '../runner/history/variant.ts'
import { readReport, type ReportFolders } from '../runner/report/read-report.ts'
import { fileName } from '../runner/stage-log.ts'
import { renderReport } from '../ui/report.ts'

/** Test images that a report carries where nobody says how many. */
export const REPORT_IMAGES = 200
/** Sweeps up to this many variants get the report of each at once; of larger ones the best alone. */
const MOST_REPORTS = 12

interface ReportOptions {
  readonly images: number
  /** Where the file goes; else into the folder of the run it tells of, under the variant's name where one was asked for. */
  readonly file?: string
}

/** Writes the report of a run or variant and gives its path. Throws E006 where there is nothing to report, E403, E501. */
export async function writeReport(folders: ReportFolders, side: Side, options: ReportOptions): Promise<string> {
  const input = await readReport(folders, side)
  const label = side.cell?.label ?? ''
  const name = label === '' ? 'report.html' : `report-${fileName(label, digestValue('variant', label))}.html`
  const path = options.file ?? join(folders.runs, input.document.run, name)
  try {
    writeFileSync(`${path}.part`, renderReport(input, options.images))
    renameSync(`${path}.part`, path)
  } catch (error) {
    rmSync(`${path}.part`, { force: true })
    const { code = '', message } = error as NodeJS.ErrnoException
    throw storageFailure(error) ?? new Failure('E403', `cannot write ${path}: ${code || message}`)
  }
  return path
}

/**
 * The reports of a run that has just ended: `report.html`, and those of its variants. Gives the path of the first; undefined
 * where the run reached no verdict, or where there is no room.
 */
export async function reportRun(folders: ReportFolders, run: string): Promise<string | undefined> {
  const document = readRun(folders.runs, run)
  if (document.verdicts.length === 0) return undefined
  const variants = document.variants > 1 && document.variants <= MOST_REPORTS ? cellsOf(document) : []
  try {
    for (const cell of variants) await writeReport(folders, { document, cell }, { images: REPORT_IMAGES })
    return await writeReport(folders, { document }, { images: REPORT_IMAGES })
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
