import { describe, expect, test } from 'vitest'
import { around, helpOf, loadText, marksOf, specOf } from './rig.ts'

const ACQUIRE = '  acquire: { uses: acquire/folder, with: { dir: data } }\n'
const EXTRACT = `${ACQUIRE}  extract: { uses: extract/efficientnet-b6, needs: [acquire] }\n`

describe('the envelope', () => {
  test.each([
    [
      'missing keys',
      'summary: x\n',
      [
        '[summary] E103 the spec has no name',
        '[summary] E103 the spec has no stages',
        '[summary] E103 the spec has no version',
      ],
    ],
    [
      'another version',
      around(ACQUIRE).replace('version: 1', 'version: 2'),
      ['[2] E107 this flawline reads specs of version 1, found 2'],
    ],
    [
      'a version as text',
      around(ACQUIRE).replace('version: 1', 'version: "1"'),
      ['["1"] E105 version must be 1, found "1"'],
    ],
    ['an unknown key', around(ACQUIRE, 'stagse: {}\n'), ['[stagse] E104 unknown key stagse in the spec']],
    [
      'a name with a space',
      around(ACQUIRE).replace('small', 'so small'),
      ['[so small] E106 name must be a plain name, found "so small"'],
    ],
    [
      'no stage at all',
      around('').replace('stages:', 'stages: {}'),
      ['[{}] E106 stages must have at least 1 key, found an empty map'],
    ],
    ['stages as a list', around('  - a\n'), ['[- a] E105 stages must be a map, found a list']],
    [
      'a stage name in capitals',
      around(ACQUIRE.replace('acquire:', 'Acquire:')),
      ['[Acquire] E106 "Acquire" in stages is not a stage name'],
    ],
    [
      'a stage name that names no folder',
      around(ACQUIRE.replace('acquire:', `${'n'.repeat(101)}:`)),
      [`[${'n'.repeat(101)}] E106 "${'n'.repeat(101)}" in stages is not a stage name`],
    ],
    [
      'a stage name that is taken',
      around(ACQUIRE.replace('acquire:', 'outputs:')),
      ['[outputs] E106 "outputs" in stages is not a stage name'],
    ],
    ['a stage without uses', around('  acquire: { with: { dir: x } }\n'), ['[acquire] E103 acquire has no uses']],
    ['an empty stage', around('  acquire:\n'), ['[acquire] E105 acquire must be a map, found nothing']],
    [
      'a key that a stage has not',
      around(ACQUIRE.replace(' } }', ' }, retires: 3 }')),
      ['[retires] E104 unknown key retires in acquire'],
    ],
    [
      'needs as a text',
      around(`${ACQUIRE}  split: { uses: split/by-part, needs: acquire }\n`),
      ['[acquire] E105 split.needs must be a list of stages, or a map of inputs to stages, found "acquire"'],
    ],
    ['a seed with a fraction', around(ACQUIRE, 'seed: 1.5\n'), ['[1.5] E105 seed must be a whole number, found 1.5']],
    ['a negative seed', around(ACQUIRE, 'seed: -1\n'), ['[-1] E106 seed must lie from 0 to 4294967295, found -1']],
    [
      'another protocol',
      around(ACQUIRE, 'protocol: thesys\n'),
      ['[thesys] E106 protocol must be standard or thesis, found "thesys"'],
    ],
    ['a parameter with a dot', around(ACQUIRE, 'params: { a.b: 1 }\n'), ['[a.b] E106 "a.b" in params is not a name']],
  ])('%s', async (_, text, expected) => {
    expect((await marksOf(text)).sort()).toEqual(expected)
  })

  test('empty with, needs and params are as if they were not there', async () => {
    const spec = await specOf(around('  acquire: { uses: acquire/folder, needs: , with: { dir: x } }\n', 'params:\n'))
    expect(spec.stages[0].settings.dir).toBe('x')
    expect(await marksOf(around('  acquire:\n    uses: acquire/folder\n    with:\n'))).toEqual([
      '[with] E103 acquire.with has no dir',
    ])
  })

  test('help names what is known and what was meant', async () => {
    expect(await helpOf(around(ACQUIRE, 'sumary: x\n'))).toEqual([
      'did you mean summary? Known keys: matrix, name, outputs, params, protocol, seed, stages, summary, version',
    ])
  })
})

describe('settings', () => {
  const split = (settings: string): string =>
    around(`${ACQUIRE}  split: { uses: split/by-part, needs: [acquire], with: ${settings} }\n`)
  const extract = (settings: string): string => around(`${EXTRACT.slice(0, -3)}, with: ${settings} }\n`)
  const train = (settings: string): string =>
    around(`${EXTRACT}  train: { uses: train/dfr, needs: [extract], with: ${settings} }\n`)

  test.each([
    [
      split('{ held_out: 1 }'),
      '[1] E106 split.held_out must be at least 0 and below 1, found 1',
      'write a number of at least 0 and below 1, such as 0.2',
    ],
    [
      split('{ held_out: -1e-3 }'),
      '[-1e-3] E106 split.held_out must be at least 0 and below 1, found -1e-3',
      'write a number of at least 0 and below 1, such as 0.2',
    ],
    [
      split('{ held_out: "0.2" }'),
      '["0.2"] E105 split.held_out must be a number, found "0.2"',
      'write a number of at least 0 and below 1, such as 0.2',
    ],
    [
      split('{ held_out: }'),
      '[held_out] E105 split.held_out must be a number, found nothing',
      'write a number of at least 0 and below 1, such as 0.2',
    ],
    [split('{ group_by: [a] }'), '[[a]] E105 split.group_by must be text, found a list', 'write text'],
    [
      extract('{ size: 16 }'),
      '[16] E106 extract.size must lie from 32 to 2048 px, found 16',
      'write a number from 32 to 2048 px, such as 512',
    ],
    [
      extract('{ fit: strech }'),
      '[strech] E106 extract.fit must be stretch or letterbox, found "strech"',
      'write stretch or letterbox',
    ],
    [
      extract('{ filter: 2 }'),
      '[2] E105 extract.filter must be auto, bilinear or bicubic, found 2',
      'write auto, bilinear or bicubic',
    ],
    [extract('{ taps: [] }'), '[[]] E106 extract.taps must have at least 1 item, found an empty list', 'write a list'],
    [
      extract('{ taps: [1, 0] }'),
      '[0] E106 extract.taps.1 must be at least 1, found 0',
      'write a number of at least 1, such as 1',
    ],
    [
      train('{ latent: wide }'),
      '[wide] E106 train.latent must be auto or a whole number, found "wide"',
      'write auto or a number of at least 1',
    ],
    [
      train('{ latent: 0 }'),
      '[0] E106 train.latent must be at least 1, found 0',
      'write a number of at least 1, such as 1',
    ],
    [
      train('{ optimizer: { name: lbfgs } }'),
      '[lbfgs] E106 train.optimizer.name must be adam or sgd, found "lbfgs"',
      'write adam or sgd',
    ],
    [
      train('{ optimizer: { name: sgd, beta: 1 } }'),
      '[beta] E104 unknown key beta in train.optimizer',
      'Known keys: momentum, name',
    ],
    [
      train('{ epohcs: 3 }'),
      '[epohcs] E104 unknown key epohcs in train.with',
      'did you mean epochs? Known keys: epochs, grid, latent, lr, optimizer',
    ],
  ])('%#: %s', async (text, fault, help) => {
    expect(await marksOf(text)).toEqual([fault])
    expect(await helpOf(text)).toEqual([help])
  })

  test('two limits at once are told as too many keys', async () => {
    const text = around(`${EXTRACT}  train: { uses: train/dfr, needs: [extract] }
  score: { uses: score/top-k, needs: [extract, train], with: { border: { cells: 1, px: 2 } } }\n`)
    expect(await marksOf(text)).toEqual([
      '[{ cells: 1, px: 2 }] E106 score.border must have at most 1 key, found a map',
    ])
  })

  test('several faults of one stage are told together', async () => {
    const text = around('  acquire: { uses: acquire/folder, with: { dir: 3, masks: { invert: maybe, dri: x } } }\n')
    expect(await marksOf(text)).toEqual([
      '[3] E105 acquire.dir must be a path, found 3',
      '[maybe] E105 acquire.masks.invert must be true or false, found "maybe"',
      '[dri] E104 unknown key dri in acquire.masks',
    ])
  })

  test('an unknown kind does not hide the faults of other stages', async () => {
    expect(
      await marksOf(around('  a: { uses: acquire/foldr }\n  b: { uses: what/else }\n  c: { uses: acquire/folder }\n')),
    ).toEqual([
      '[acquire/foldr] E112 unknown stage kind "acquire/foldr"',
      '[what/else] E112 unknown stage kind "what/else"',
      '[c] E103 c.with has no dir',
    ])
    expect(await helpOf(around('  b: { uses: what/else }\n'))).toEqual(['"pipeline stages" lists all'])
  })
})

describe('references', () => {
  const dir = (value: string, top = ''): string =>
    around(`  acquire: { uses: acquire/folder, with: { dir: ${value} } }\n`, top)
  const PARAMS = 'params: { base: data, n: 3, deep: { er: { path: down } }, list: [1] }\n'

  test.each([
    ['"${params.bas}"', '[bas] E132 no parameter bas'],
    ['"a ${params.base} b ${params.x}"', '[x] E132 no parameter x'],
    ['"${params.deep.re}"', '[re] E132 params.deep has no member re'],
    ['"${params.base.er}"', '[er] E132 params.base has no member er'],
    ['"${params.}"', '[${params.}] E132 no parameter ""'],
    ['"${params}"', '[${params}] E132 no reference ${params}'],
    ['"${env.HOME}"', '[${env.HOME}] E132 no reference ${env.HOME}'],
    ['"${params.base"', '[${params.base] E132 this reference is never closed'],
    ['"x/${params.deep}"', '[${params.deep}] E105 params.deep is a map, which cannot be part of a text'],
    ['"${matrix.v}"', '[v] E130 the matrix has no axis v'],
    ['"${params.n}"', '["${params.n}"] E105 acquire.dir must be a path, found 3'],
    ['"\\x24{params.bas}"', '["\\x24{params.bas}"] E132 no parameter bas'],
  ])('%s', async (value, fault) => {
    expect(await marksOf(dir(value, PARAMS))).toEqual([fault])
  })

  test.each([
    ['"${params.base}/${params.n}"', 'data/3'],
    ['${params.deep.er.path}', 'down'],
    ['"$${params.base}"', '${params.base}'],
    ['"$$${params.base}"', '$${params.base}'],
    ['"$5 {x}"', '$5 {x}'],
  ])('%s is %s', async (value, expected) => {
    const text = around(`  acquire:\n    uses: acquire/folder\n    with:\n      dir: ${value}\n`, PARAMS)
    expect((await specOf(text)).stages[0].settings.dir).toBe(expected)
  })

  test('a fault of a value that a reference brings shows where the value is written', async () => {
    const text = dir('"${params.n}"', PARAMS)
    const loaded = await loadText(text)
    if (loaded.ok) expect.fail('dir is a number')
    expect(loaded.diagnostics[0].related).toEqual([
      { message: 'the value comes from here', at: { file: '<stdin>', line: 3, column: 26, endLine: 3, endColumn: 27 } },
    ])
  })

  test('a whole map of settings may come from a parameter', async () => {
    const text = around(
      '  acquire: { uses: acquire/folder, with: "${params.all}" }\n',
      'params: { all: { dir: x, wehre: {} } }\n',
    )
    expect(await marksOf(text)).toEqual(['[wehre] E104 unknown key wehre in acquire.with'])
    expect((await specOf(text.replace('wehre', 'where'))).stages[0].settings.dir).toBe('x')
  })

  test('params and matrix hold values only', async () => {
    expect(await marksOf(around(ACQUIRE, 'params: { a: 1, b: "${params.a}" }\n'))).toEqual([
      '[${params.a}] E132 params takes no references',
    ])
    expect(await marksOf(around(ACQUIRE, 'matrix: { axes: { v: ["${params.a}"] } }\n'))).toEqual([
      '[${params.a}] E132 matrix takes no references',
    ])
  })

  test('outputs is one folder for all variants', async () => {
    expect(await marksOf(around(ACQUIRE, 'matrix: { axes: { v: [1] } }\noutputs: "o/${matrix.v}"\n'))).toEqual([
      '["o/${matrix.v}"] E130 outputs takes no axis, found v',
    ])
  })
})

describe('the matrix', () => {
  const matrix = (text: string): string =>
    around('  acquire: { uses: acquire/folder, with: { dir: "${matrix.a}${matrix.b}" } }\n', `matrix: ${text}\n`)

  test.each([
    ['{ axes: { a: [x], b: [] } }', ['[[]] E106 matrix.axes.b must have at least 1 item, found an empty list']],
    ['{ axes: { a: [x], b: y } }', ['[y] E105 matrix.axes.b must be a list, found "y"']],
    ['{ axes: { a: [x], b: [0.9, 0.90] } }', ['[0.90] E102 axis b lists 0.90 twice']],
    ['{ axes: { a: [x], b: [1, "1"] } }', ['["1"] E102 axis b lists 1 twice']],
    ['{ axes: { a: [x], b: [1] }, zip: [[a, c]] }', ['[c] E130 the matrix has no axis c']],
    [
      '{ axes: { a: [x], b: [1, 2] }, zip: [[a, b]] }',
      ['[b] E106 zipped axes must be equally long: a has 1 value, b 2'],
    ],
    ['{ axes: { a: [x], b: [1] }, include: [{ a: y }] }', ['[{ a: y }] E103 this cell gives no value for b']],
    [
      '{ axes: { a: [x], b: [1] }, include: [{ a: x, b: 1.0 }] }',
      ['[{ a: x, b: 1.0 }] E102 this variant is in the matrix already'],
    ],
    ['{ axes: { a: [x], b: [1] }, exclude: [{ c: 1 }] }', ['[c] E130 the matrix has no axis c']],
    ['{ axes: { a: [x], b: [1] }, exclude: [{ b: 2 }] }', ['[{ b: 2 }] E131 exclude matches no variant']],
    ['{ axes: { a: [x], b: [1] }, exclude: [{ b: 1 }] }', ['[exclude] E131 no variant is left']],
    ['{ axes: { a: [x], b: [1] }, when: {} }', ['[when] E104 unknown key when in matrix']],
    ['{ axis: { a: [x] } }', ['[matrix] E103 matrix has no axes', '[axis] E104 unknown key axis in matrix']],
  ])('%s', async (text, expected) => {
    expect(await marksOf(matrix(text))).toEqual(expected)
  })

  test('a million variants are a slip of the pen', async () => {
    const axis = `[${Array.from({ length: 1000 }, (_, i) => i).join(', ')}]`
    expect(await marksOf(matrix(`{ axes: { a: ${axis}, b: ${axis} } }`))).toEqual([
      '[axes] E106 the matrix has 1,000,000 variants, at most 10,000 are allowed',
    ])
  })

  test('a fault in one of many variants is told once, with the value that makes it', async () => {
    const text = around(
      `${ACQUIRE}  split: { uses: split/by-part, needs: [acquire], with: { held_out: "\${matrix.h}", group_by: "\${matrix.g}" } }\n`,
      'matrix: { axes: { h: [0.1, 2], g: [a, b, c] } }\n',
    )
    expect(await marksOf(text)).toEqual(['["${matrix.h}"] E106 split.held_out must be at least 0 and below 1, found 2'])
  })
})

describe('the graph', () => {
  const TRAIN = `${EXTRACT}  pca: { uses: pca/streaming, needs: [extract] }\n  train: { uses: train/dfr, needs: [extract, pca] }\n`
  test.each([
    [
      'a need that is no stage',
      `${ACQUIRE}  split: { uses: split/by-part, needs: [aquire] }\n`,
      ['[aquire] E122 split needs aquire, which is no stage of this spec'],
    ],
    [
      'a need twice',
      `${ACQUIRE}  split: { uses: split/by-part, needs: [acquire, acquire] }\n`,
      ['[acquire] E102 split needs acquire twice'],
    ],
    [
      'no need at all',
      `${ACQUIRE}  split: { uses: split/by-part }\n`,
      ['[split] E121 split has no input: split/by-part needs one stage that gives images'],
    ],
    [
      'a need too few',
      `${TRAIN}  score: { uses: score/top-k, needs: [train] }\n`,
      ['[[train]] E121 score lacks an input: score/top-k needs one stage that gives features'],
    ],
    [
      'several needs too few',
      `${TRAIN}  export: { uses: export/onnx, needs: [train] }\n`,
      ['[[train]] E121 export lacks an input: export/onnx needs one that gives scores and one that gives thresholds'],
    ],
    [
      'the wrong kind of artifact',
      `${ACQUIRE}  pca: { uses: pca/streaming, needs: [acquire] }\n`,
      ['[acquire] E123 pca/streaming takes cells or features, acquire gives images'],
    ],
    [
      'a source with needs',
      `${ACQUIRE}  b: { uses: acquire/folder, needs: [acquire], with: { dir: x } }\n`,
      ['[acquire] E123 acquire/folder takes no input, acquire gives images'],
    ],
    [
      'two that fit',
      `${ACQUIRE}  b: { uses: acquire/folder, with: { dir: x } }\n  split: { uses: split/by-part, needs: [acquire, b] }\n`,
      ['[b] E124 both acquire and b fit the input images of split/by-part'],
    ],
    [
      'an input that the kind has not',
      `${ACQUIRE}  split: { uses: split/by-part, needs: { image: acquire } }\n`,
      ['[image] E104 unknown input image in split.needs'],
    ],
    [
      'an input fed by the wrong kind',
      `${TRAIN}  score: { uses: score/top-k, needs: { features: pca, model: train } }\n`,
      ['[pca] E123 the input features of score/top-k takes features, pca gives basis'],
    ],
    [
      'a stage that needs itself',
      `${ACQUIRE}  split: { uses: split/by-part, needs: [split] }\n`,
      ['[split] E120 cycle: split needs split'],
    ],
    [
      'two cycles',
      `  a: { uses: split/by-part, needs: [b] }\n  b: { uses: split/by-part, needs: [a] }\n  c: { uses: split/by-part, needs: [d] }\n  d: { uses: split/by-part, needs: [c] }\n`,
      ['[b] E120 cycle: a needs b, b needs a', '[d] E120 cycle: c needs d, d needs c'],
    ],
  ])('%s', async (_, stages, expected) => {
    expect(await marksOf(around(stages))).toEqual(expected)
  })

  test('help says which stage would fit, and how to say which of two', async () => {
    expect(await helpOf(around(`${TRAIN}  score: { uses: score/top-k, needs: [train] }\n`))).toEqual([
      'add extract to needs, the only stage here that gives features',
    ])
    expect(await helpOf(around('  split: { uses: split/by-part }\n'))).toEqual([
      'add a stage that gives images, such as acquire/folder; none here does',
    ])
    expect(
      await helpOf(
        around(`${ACQUIRE}  b: { uses: acquire/folder, with: { dir: x } }\n  split: { uses: split/by-part }\n`),
      ),
    ).toEqual(['add acquire or b to needs'])
    expect(
      await helpOf(
        around(
          `${ACQUIRE}  b: { uses: acquire/folder, with: { dir: x } }\n  split: { uses: split/by-part, needs: [acquire, b] }\n`,
        ),
      ),
    ).toEqual(['say which with the map form: needs: { images: acquire }'])
  })
})
