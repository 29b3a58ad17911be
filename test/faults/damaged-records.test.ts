import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Random, seededRandom } from '../../base/random.ts'
import type { Project } from '../rig/project.ts'
import {
  diagnosticsOf,
  expectRepaired,
  IMAGES,
  LIGHT,
  projectOf,
  type Result,
  resultOf,
  run,
  type Subject,
  told,
  WHOLE,
} from './rig.ts'

/** What may happen to the bytes of a stored value. */
const DAMAGE: Readonly<Record<string, (bytes: Buffer, random: Random) => Buffer>> = {
  'a flipped bit': (bytes, random) => {
    bytes[random.below(bytes.length)] ^= 1 << random.below(8)
    return bytes
  },
  'a missing end': (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
}

/** Tables of the index that decide what a run does or gives. */
const TABLES = [
  'actions',
  'headers',
  'items',
  'stats@2',
  'facts',
  'factLists',
  'lineage',
  'lists@2',
  'itemTables',
  'small',
  'uses',
  'members',
  'costs@2',
]

async function damage(path: string, table: string | undefined, how: string, random: Random): Promise<number> {
  const root = open<Buffer, Buffer>({ path, noSubdir: true, maxDbs: 32, encoding: 'binary', keyEncoding: 'binary' })
  const options = { name: table!, encoding: 'binary', keyEncoding: 'binary' } as const
  const db = table === undefined ? root : root.openDB<Buffer, Buffer>(options)
  const entries = [...db.getRange()].map(({ key, value }) => ({ key: Buffer.from(key), value: Buffer.from(value) }))
  for (const { key, value } of entries) await db.put(key, DAMAGE[how](value, random))
  await root.close()
  return entries.length
}

describe.each([LIGHT, IMAGES])('$name', (subject: Subject) => {
  let before: Project
  let reference: Result

  beforeAll(async () => {
    before = await projectOf(subject)
    const clean = await run(before, [subject.name])
    expect(clean.code, told(clean)).toBe(0)
    reference = await resultOf(before, clean)
  })
  afterAll(() => before.dispose())

  async function damaged(path: string, table: string | undefined, how: string): Promise<Project> {
    const project = await projectOf(subject)
    cpSync(before.root, project.root, { recursive: true, preserveTimestamps: true })
    await damage(
      join(project.root, '.pipeline/cache', path),
      table,
      how,
      seededRandom(subject.name, path, table ?? '', how),
    )
    return project
  }

  const kinds = Object.keys(DAMAGE)
  const all = TABLES.flatMap((table) => kinds.map((how) => [how, table] as const))
  test.each(WHOLE ? all : seededRandom('tables', subject.name).shuffle(all).slice(0, 4))(
    '%s in every record of %s is a miss at most',
    async (how, table) => {
      const project = await damaged('index.lmdb', table, how)
      await expectRepaired(project, subject, reference, undefined, { allowed: ['W220', 'W502'] })
      await project.dispose()
    },
  )

  test.skipIf(subject !== IMAGES).each(kinds)('%s in every tensor is computed again', async (how) => {
    const project = await damaged('tensors/0001.lmdb', undefined, how)
    const forced = await run(project, [subject.name, '--force=sample', '--force=outputs'])
    expect(forced, told(forced)).toMatchObject({ code: 0, stderr: '' })
    expect(diagnosticsOf(forced)).toContain('W502')
    await expectRepaired(project, subject, reference, undefined, { allowed: ['W220', 'W502'] })
    await project.dispose()
  })
})
