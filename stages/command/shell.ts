import type { Static } from 'typebox'
import Type from '../../base/type.ts'
import { ARTIFACT_KINDS } from '../../artifacts/kinds.ts'
import { innerPath, projectFilesSetting } from '../files/settings.ts'
import { defineRun } from '../stage.ts'

const words = (pattern: string, kind: string) => ({ pattern, 'x-words': kind })
const variable = words('^[A-Za-z_][A-Za-z0-9_]*$', 'the name of a variable')

const settings = Type.Object(
  {
    run: Type.Union(
      [
        Type.String({ minLength: 1, ...words('^[^\\0]*$', 'text') }),
        Type.Array(Type.String(words('^[^\\0]*$', 'text')), { minItems: 1, 'x-words': 'a list of words' }),
      ],
      { description: 'Text for the shell, or a list of words: a program and its arguments, without a shell' },
    ),
    outputs: Type.Array(Type.String(innerPath), {
      description:
        'What the command must write: paths or patterns, from the folder it runs in; a folder stands for all in it',
      minItems: 1,
    }),
    files: projectFilesSetting,
    env: Type.Unsafe<Record<string, string | number | boolean>>({
      type: 'object',
      propertyNames: variable,
      additionalProperties: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
      description: 'Variables of its environment',
      default: {},
    }),
    pass_env: Type.Array(Type.String(variable), {
      description: 'Variables that it takes from your environment; their values are part of the key, as digests',
      default: [],
    }),
    seed: Type.Boolean({
      description: "Gives it the spec's seed as PIPELINE_SEED, which is then part of the key",
      default: false,
    }),
    reads: Type.Array(
      Type.Union(
        (['id', 'label', 'mask', 'defect', 'part', 'view', 'split'] as const).map((column) => Type.Literal(column)),
      ),
      { description: 'What it sees of images beside their pixels', default: [] },
    ),
    splits: Type.Array(Type.Union((['train', 'held_out', 'test'] as const).map((split) => Type.Literal(split))), {
      description: 'Which images reach it',
      default: ['train', 'held_out', 'test'],
    }),
    shell: Type.String({
      description: 'Shell for a text, called with -e (the first failing line ends it) and -c',
      default: '/bin/sh',
      minLength: 1,
    }),
  },
  { additionalProperties: false },
)

export type ShellSettings = Static<typeof settings>

/**
 * Any program as a stage. It runs in a folder of its own that holds the project's `files` at their paths and, below
 * `in/STAGE/`, what the stages in `needs` gave, all as copies; it sees a clean environment, and must write `outputs`.
 */
export const commandShell = defineRun({
  kind: 'command/shell',
  version: 1,
  summary: 'any command, with declared files, environment and outputs',
  settings,
  ports: { inputs: { accepts: ARTIFACT_KINDS, many: 'by-name', optional: true } },
  gives: ['files'],
  runs: 'command',
  projectFiles: ({ files }) => files,
  variables: ({ pass_env }) => pass_env,
  draws: ({ seed }) => seed,
  reads: ({ reads, splits }) => ({ columns: reads, splits }),
  run: async (inputs, context) => (await import('./shell-task.ts')).runCommand(inputs, context),
})
