/** One setting of a stage kind, read from its JSON schema. */
export interface SettingRow {
  /** Dotted: `border.cells`. */
  readonly name: string
  readonly type: string
  /** `none` where leaving it out means nothing is done; `required` where it cannot be left out. */
  readonly default: string
  readonly unit: string
  readonly text: string
  /** Default under `protocol: thesis`, where it differs. */
  readonly thesis: string
  /** Cannot change a result, stays out of the key. */
  readonly inert: boolean
}

interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly 'x-unit'?: string
  readonly 'x-thesis'?: unknown
  readonly 'x-inert'?: boolean
}

/** The settings of a kind in the order of its schema, those inside of others after them. */
export function settingRows(schema: object, prefix = ''): SettingRow[] {
  const { properties = {}, required = [] } = schema as Schema
  return Object.entries(properties).flatMap(([key, setting]) => {
    const name = `${prefix}${key}`
    const row = {
      name,
      type: typeText(setting),
      default: defaultText(setting, required.includes(key)),
      unit: setting['x-unit'] ?? '',
      text: setting.description ?? '',
      thesis: setting['x-thesis'] === undefined ? '' : valueText(setting['x-thesis']),
      inert: setting['x-inert'] === true,
    }
    return [row, ...(setting.properties === undefined ? [] : settingRows(setting, `${name}.`))]
  })
}

function typeText({ type, anyOf, items, minimum, maximum, exclusiveMinimum, ...schema }: Schema): string {
  if (schema.const !== undefined) return valueText(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(valueText).join(' | ')
  if (anyOf !== undefined) return anyOf.map(typeText).join(' | ')
  if (type === 'array') return `list of ${items === undefined ? 'values' : typeText(items)}`
  if (type === 'object') return 'map'
  if (type === 'integer' || type === 'number') {
    const noun = type === 'integer' ? 'whole number' : 'number'
    const low =
      exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : minimum !== undefined ? `from ${minimum}` : ''
    return [noun, low, maximum === undefined ? '' : `to ${maximum}`].filter((part) => part !== '').join(' ')
  }
  return type === 'string' ? 'text' : (type ?? 'any')
}

function defaultText({ default: value, properties }: Schema, isRequired: boolean): string {
  if (value !== undefined) return valueText(value)
  return isRequired && properties === undefined ? 'required' : 'none'
}

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))
