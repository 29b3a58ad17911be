import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Static, TObject } from 'typebox'
import { onTestFinished } from 'vitest'
import type { ScanResult, SourceKind, StageDiagnostic } from '../../stages/stage.ts'
import { scanContext } from './scan-context.ts'

/** A grey PNG whose first px is `shade`, so that equal arguments are equal files and others are not. */
export function tinyPng(shade: number, width = 8, height = 8): Buffer {
  const rows = Buffer.alloc(height * (width + 1))
  if (rows.length > 4) rows.writeUInt32BE(shade >>> 0, 1)
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = 8
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

export interface Rig {
  /** The project root; images lie in its folder `data`. */
  readonly root: string
  /** Writes a file below `data`: bytes, or a PNG of this shade. */
  put(id: string, content: Uint8Array | number): Promise<void>
  scan(settings?: Record<string, unknown>, context?: Parameters<typeof scanContext>[1]): Promise<ScanResult>
}

/** A folder of its own on disk, gone after the test. `images` get shades by their place in the list. */
export async function imageFolder(kind: SourceKind, images: readonly string[] = []): Promise<Rig> {
  const root = await mkdtemp(join(tmpdir(), 'acquire-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  async function put(id: string, content: Uint8Array | number): Promise<void> {
    const path = join(root, 'data', id)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, typeof content === 'number' ? tinyPng(content) : content)
  }
  for (const [shade, id] of images.entries()) await put(id, shade)
  return {
    root,
    put,
    scan: async (settings = {}, context = {}) =>
      kind.scan(withDefaults(kind, { dir: 'data', ...settings }), scanContext(root, context)),
  }
}

const validators = new WeakMap<TObject, ValidateFunction>()

/** Settings as a spec gives them, checked and filled as the spec's loader does it. */
export function withDefaults<S extends TObject>(
  { settings: schema }: { readonly settings: S },
  given: object,
): Static<S> {
  const validate = validators.get(schema) ?? compileSettings(schema)
  validators.set(schema, validate)
  const filled = structuredClone(given)
  if (!validate(filled)) throw new Error(new Ajv2020().errorsText(validate.errors))
  return filled as Static<S>
}

function compileSettings(schema: TObject): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: true, useDefaults: true })
  for (const keyword of ['x-unit', 'x-inert', 'x-thesis', 'x-path']) ajv.addKeyword(keyword)
  return ajv.compile(schema)
}

/** A diagnostic as text: `FILE severity CODE message`, then its related places and help, as screens show it. */
export function asText(diagnostics: readonly StageDiagnostic[]): string {
  return diagnostics
    .flatMap(({ code, severity, message, at, related = [], help = [] }) => [
      `${at?.file ?? ''} ${severity} ${code} ${message}`.trim(),
      ...related.map((one) => `  ${one.at.file} ${one.message}`),
      ...help.map((text) => `  help  ${text}`),
    ])
    .join('\n')
}
