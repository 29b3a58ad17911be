import { ARTIFACT_KINDS } from '../artifacts/kinds.ts'
import type { StageKind } from '../stages/stage.ts'
import { settingRows } from './setting-rows.ts'

const TEXT_WIDTH = 24

/** `cells, basis? -> model`; `files*` takes any number of stages. */
export function portsText({ ports, gives }: StageKind): string {
  const needs = Object.values(ports).map(
    ({ accepts, optional, many }) => `${acceptsText(accepts)}${many ? '*' : optional ? '?' : ''}`,
  )
  return `${needs.join(', ')}${needs.length === 0 ? '' : ' '}-> ${gives.join(', ')}`
}

/** One line a kind: name, version, what it needs and gives, what it does. */
export function kindList(kinds: readonly StageKind[]): string {
  const width = Math.max(...kinds.map(({ kind }) => kind.length))
  const portsWidth = Math.max(...kinds.map((kind) => portsText(kind).length))
  return kinds
    .map(
      (kind) => `${kind.kind.padEnd(width)}  ${kind.version}  ${portsText(kind).padEnd(portsWidth)}  ${kind.summary}\n`,
    )
    .join('')
}

/** All there is to know of one kind. */
export function kindDetail(kind: StageKind): string {
  const settings = settingRows(kind.settings)
  const nameWidth = Math.max(8, ...settings.map(({ name }) => name.length + 2))
  return [
    `${kind.kind}  version ${kind.version}`,
    kind.summary,
    '',
    `needs   ${Object.entries(kind.ports).map(portText).join('; ') || 'nothing'}`,
    `gives   ${kind.gives.join(', ')}`,
    ...(kind.weights === undefined
      ? []
      : [`weights ${kind.weights.network}${kind.weights.embedded ? ' (comes along)' : ''}`]),
    ...(kind.paper === undefined ? [] : [`paper   ${kind.paper}`]),
    ...(settings.length === 0 ? [] : ['', 'settings']),
    ...settings.map(({ name, type, default: value, unit, text, thesis, inert }) => {
      const notes = [text, thesis === '' ? '' : `thesis: ${thesis}`, inert ? 'never changes a result' : '']
      const shown = `${value}${unit === '' || value === 'none' || value === 'required' ? '' : ` ${unit}`}`
      return [
        `  ${name.padEnd(nameWidth)}${shown.padEnd(TEXT_WIDTH)}${type}`,
        `  ${' '.repeat(nameWidth)}${notes.filter((note) => note !== '').join('; ')}`,
      ].join('\n')
    }),
    '',
  ].join('\n')
}

const acceptsText = (accepts: Port['accepts']): string =>
  accepts.length === ARTIFACT_KINDS.length ? 'anything' : accepts.join(' or ')

type Port = StageKind['ports'][string]

function portText([name, { accepts, optional, many, splits, columns }]: readonly [string, Port]): string {
  const what = accepts.length === 1 && accepts[0] === name ? name : `${name} (${acceptsText(accepts)})`
  const reads = [
    ...(many === undefined ? [] : ['any number of stages']),
    ...(optional && many === undefined ? ['optional'] : []),
    ...(splits === undefined ? [] : [`only ${splits.join(', ')}`]),
    ...(columns === undefined ? [] : [`reads ${columns.join(', ')}`]),
  ]
  return reads.length === 0 ? what : `${what}, ${reads.join(', ')}`
}

/** The reference of all kinds, in Markdown. */
export function kindReference(kinds: readonly StageKind[]): string {
  const cell = (text: string): string => text.replace(/\|/g, '\\|')
  return kinds
    .map((kind) => {
      const settings = settingRows(kind.settings)
      return [
        `## ${kind.kind}`,
        '',
        `${kind.summary}. \`${portsText(kind)}\`, version ${kind.version}.`,
        ...(kind.paper === undefined ? [] : ['', `Paper: ${kind.paper}.`]),
        ...(settings.length === 0
          ? []
          : ['', '| setting | default | unit | type | meaning | thesis |', '| --- | --- | --- | --- | --- | --- |']),
        ...settings.map(
          ({ name, default: value, unit, type, text, thesis }) =>
            `| ${[`\`${name}\``, value, unit, type, text, thesis].map(cell).join(' | ')} |`,
        ),
        '',
      ].join('\n')
    })
    .join('\n')
}
