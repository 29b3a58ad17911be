import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadSpec } from '../../runner/spec/load.ts'
import { keepSpec, type Loaded, type MemoRequest, recallSpec } from '../../runner/spec/memo.ts'
import type { Spec } from '../../runner/spec/spec.ts'
import { KINDS } from './kinds.ts'
import { EXAMPLE } from './rig.ts'

let folder: string
let request: MemoRequest

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flawline-memo-'))
  writeFileSync(join(folder, 'base.yaml'), EXAMPLE)
  writeFileSync(join(folder, 'spec.yaml'), 'version: 1\nextends: base.yaml\nname: over\nseed: 9\n')
  const overrides = [{ option: '--set' as const, text: 'sample.per_image=21' }]
  request = { path: join(folder, 'spec.yaml'), cwd: folder, root: folder, overrides, program: '1', kinds: KINDS }
})
afterEach(() => rmSync(folder, { recursive: true }))

async function load(): Promise<Loaded> {
  const loaded = await loadSpec({ ...request, overrides: request.overrides as [] })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics))
  return loaded
}

const memos = (): string => join(folder, 'memos')

/** A spec as data: functions by what they answer. */
const asData = (spec: Spec): unknown => ({
  ...spec,
  stages: spec.stages.map((stage) => {
    const written = stage.writtenSettings()
    const asked = [undefined, ...written, 'no_such', 'per_image.inner', 'border.no_such.deep']
    const data = Object.fromEntries(Object.entries(stage).filter(([, value]) => typeof value !== 'function'))
    return { data, written, places: asked.map((name) => [stage.placeOf(name), stage.originOf(name)]) }
  }),
})

describe('a spec that was loaded before', () => {
  test('is the same from memory, with kinds, sources and the places of all settings', async () => {
    const loaded = await load()
    keepSpec(memos(), request, loaded)
    const known = recallSpec(memos(), request)!
    expect(asData(known.spec)).toEqual(asData(loaded.spec))
    expect(known.sources).toEqual(loaded.sources)
    expect(known.spec.stages[0].kind).toBe(loaded.spec.stages[0].kind)
  })

  test('is read again when its text or one below it changed, and known again when that is taken back', async () => {
    keepSpec(memos(), request, await load())
    writeFileSync(join(folder, 'base.yaml'), `${EXAMPLE}# a comment\n`)
    expect(recallSpec(memos(), request)).toBeUndefined()
    writeFileSync(join(folder, 'base.yaml'), EXAMPLE)
    expect(recallSpec(memos(), request)).toBeDefined()
  })

  test('is another one with other overrides, from another folder, and for another program', async () => {
    keepSpec(memos(), request, await load())
    expect(recallSpec(memos(), { ...request, overrides: [] })).toBeUndefined()
    expect(recallSpec(memos(), { ...request, cwd: tmpdir() })).toBeUndefined()
    expect(recallSpec(memos(), { ...request, program: '2' })).toBeUndefined()
    expect(recallSpec(memos(), { ...request, kinds: KINDS.slice(1) })).toBeUndefined()
  })

  test('is read again when a byte of what was kept is another one', async () => {
    keepSpec(memos(), request, await load())
    const [name] = readdirSync(memos())
    const bytes = readFileSync(join(memos(), name))
    bytes[bytes.length - 40] ^= 1
    writeFileSync(join(memos(), name), bytes)
    expect(recallSpec(memos(), request)).toBeUndefined()
  })
})
