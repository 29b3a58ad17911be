import Type from '../../base/type.ts'

/** Files of the project that a stage reads, by path or pattern. Not part of a key: what they match is. */
export const projectFilesSetting = Type.Array(
  Type.String({
    minLength: 1,
    pattern: '^[^\\0]*$',
    'x-path': true,
  }),
  {
    description:
      'Files of the project that it reads: paths or patterns (`*`, `**`, `?`, `[a-z]`, `{a,b}`) from the project root; a folder stands for all in it',
    default: [],
    'x-inert': true,
  },
)

/** Keywords of a path below a folder, in one way alone: no `..`, no `//`, nothing absolute. */
export const innerPath = {
  minLength: 1,
  pattern: '^(?!/)(?!.*//)(?!.*(?:^|/)\\.{1,2}(?:/|$))[^\\0]*[^\\0/]$',
  'x-words': 'a path below a folder',
} as const
