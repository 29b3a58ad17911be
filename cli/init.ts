import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { Failure } from '../base/diagnostic.ts'
import { plural } from '../base/format.ts'
import { makeFolder } from '../base/make-folder.ts'
import { sanitize } from '../base/sanitize.ts'
import { writeFailure } from '../base/write-failure.ts'
import { oneOf } from './environment.ts'
import { EXIT_OK } from './exit-codes.ts'
import { ask } from './init/ask.ts'
import { type ImageFolder, isFree, lookAtFolder } from './init/look-at-folder.ts'
import { type NewSpec, specText, type Template, TEMPLATES } from './init/spec-text.ts'
import type { Invocation, Io } from './invocation.ts'

/** Where the new spec goes and what it is for. */
interface Choice {
  readonly name: string
  readonly template: Template
  /** The project that the spec becomes part of. */
  readonly root: string
  /** Absolute, as all paths here. */
  readonly spec: string
  readonly data: string
  /** Undefined where sample images are to be made. */
  readonly found: ImageFolder | undefined
}

/**
 * `pipeline init [DIR]`: a commented spec for a folder of images, or, where DIR is none, a new project with sample images.
 * Asks on a terminal only; never overwrites: E403 before anything is written.
 */
export async function run({ arguments: words, options, io }: Invocation): Promise<number> {
  const dir = words.at(0)
  const template = options.text('template')
  const given = {
    ...(dir !== undefined && { dir }),
    ...(template !== undefined && { template: oneOf('--template', TEMPLATES, template) }),
  }
  const asks = io.streams.stdin.isTTY && io.streams.stderr.isTTY && !options.has('yes') && !io.json
  const choice = await choose(await complete(given, io, asks), io)
  try {
    await write(choice, io)
  } catch (error) {
    throw writeFailure(error, `cannot write to ${shown(choice.root, io)}`)
  }
  return EXIT_OK
}

interface Given {
  readonly dir?: string
  readonly template?: Template
}

/** What was not typed, asked for or taken as it is by default. */
async function complete({ dir, template }: Given, io: Io, asks: boolean): Promise<Required<Given>> {
  const questions = [
    { text: 'Folder of images, or of a new project with sample images', fallback: 'demo', given: dir },
    { text: `Method, ${TEMPLATES.join(' or ')}`, fallback: TEMPLATES[0], given: template, among: TEMPLATES },
  ]
  const [folder, method] = asks
    ? await ask(io.streams, questions)
    : questions.map(({ given, fallback }) => given ?? fallback)
  return { dir: folder, template: oneOf('--template', TEMPLATES, method) }
}

/** Looks at the folder. Throws E403 where the spec is there already, E210 where other things than images in the layout are. */
async function choose({ dir, template }: Required<Given>, io: Io): Promise<Choice> {
  const folder = resolve(io.cwd, dir)
  const found = await lookAtFolder(folder)
  const root = found === undefined ? folder : io.root
  const name = specName(basename(folder))
  const spec = join(root, 'pipelines', `${name}.yaml`)
  if (existsSync(spec))
    throw new Failure('E403', `${shown(spec, io)} is there already`, {
      help: ['move it away, or name another folder'],
    })
  if (found === undefined && !isFree(folder))
    throw new Failure('E210', `no images in ${shown(join(folder, 'train'), io)}`, {
      help: [
        'put good images into train/ok and test/ok, defective ones into test/nok',
        'or name a new folder, for a demo',
      ],
    })
  return { name, template, root, spec, data: found === undefined ? join(folder, 'data') : folder, found }
}

/** What a spec may be called, from the name of a folder. */
const specName = (folder: string): string =>
  folder
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 64) || 'parts'

async function write({ name, template, root, spec, data, found }: Choice, io: Io): Promise<void> {
  const made = found ?? (await samples(data, io))
  const about: NewSpec = {
    name,
    template,
    data: relative(root, data) || '.',
    masks: made.masks && { dir: made.masks.dir, suffix: made.masks.suffix },
    ...('fields' in made ? { fields: made.fields } : { example: sanitize(made.example) }),
  }
  makeFolder(join(root, 'pipelines'))
  writeFileSync(spec, specText(about), { flag: 'wx' })
  ignoreState(root)
  const images = made.train + made.test
  const counted = `${plural(images, 'image')}, ${plural(made.masks?.count ?? 0, 'mask')}`
  const steps = [...(root === io.cwd || root === io.root ? [] : [`cd ${shown(root, io)}`]), `pipeline run ${name}`]
  if (io.json) {
    const document = { v: 1, kind: 'init', spec, data, images, masks: made.masks?.count ?? 0, next: steps.join(' && ') }
    io.stdout.write(`${JSON.stringify(document)}\n`)
  } else io.stdout.write(`${shown(spec, io)}\n${shown(data, io)}/  ${counted}\nnext  ${steps.join(' && ')}\n`)
}

/** Sample images in place of a person's own. */
async function samples(data: string, io: Io): Promise<Omit<ImageFolder, 'example'> & { readonly fields: string }> {
  const { SAMPLE_FIELDS, writeSamples } = await import('./init/write-samples.ts')
  const isShown = io.streams.stderr.isTTY && !io.json
  const tell = (done: number, total: number): void => {
    if (isShown) io.stderr.write(`\rrendering sample images ${done}/${total}${done === total ? '\n' : ''}`)
  }
  const { images, masks } = await writeSamples(data, tell)
  return { train: images, test: 0, masks: { dir: 'masks', suffix: '', count: masks }, fields: SAMPLE_FIELDS }
}

const IGNORED = ['.pipeline/', 'outputs/']

/** What runs write is no source. */
function ignoreState(root: string): void {
  const path = join(root, '.gitignore')
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  const missing = IGNORED.filter((line) => !text.split(/\r?\n/).includes(line))
  if (missing.length > 0)
    appendFileSync(path, `${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`)
}

const shown = (path: string, { cwd }: Io): string => sanitize(relative(cwd, path) || '.')
