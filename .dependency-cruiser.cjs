/** The column "may use" of docs/architecture.md, checked. */
const rooms = {
  base: [],
  engine: ['base'],
  imaging: ['base'],
  metrics: ['base'],
  models: ['engine', 'base'],
  artifacts: ['base'],
  cache: ['artifacts', 'base'],
  stages: ['artifacts', 'imaging', 'models', 'metrics', 'engine', 'base'],
  ui: ['runner', 'artifacts', 'imaging', 'metrics', 'base'],
}
const room = (name, allowed) => ({
  name: `${name}-may-use`,
  severity: 'error',
  from: { path: `^${name}/` },
  to: {
    path: '^(base|engine|imaging|metrics|models|artifacts|cache|stages|runner|ui|cli)/',
    pathNot: `^(${[name, ...allowed].join('|')})/`,
  },
})
module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([name, allowed]) => room(name, allowed)),
    {
      name: 'runner-schedules-and-does-not-compute',
      severity: 'error',
      from: { path: '^runner/', pathNot: '^runner/host/' },
      to: { path: '^(engine|models|imaging|metrics|ui|cli)/' },
    },
    {
      name: 'ui-sees-runner-through-events-and-records',
      severity: 'error',
      from: { path: '^ui/' },
      to: { path: '^runner/', pathNot: '^runner/(events|record)\\.ts$' },
    },
    {
      name: 'no-ink-in-runner',
      severity: 'error',
      from: { path: '^(runner|stages|cache|engine)/' },
      to: { path: 'node_modules/(ink|react)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
    // As Node resolves: without these, packages that are ES modules alone (ink, p-queue, typebox) are not found.
    enhancedResolveOptions: {
      extensions: ['.ts', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'default'],
    },
  },
}
