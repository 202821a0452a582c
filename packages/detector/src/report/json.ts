import { Report } from '@unswap/contract'

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema | readonly Schema[]
  readonly anyOf?: readonly Schema[]
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of a union, the object that knows most of the value's keys. */
function branchOf(schema: Schema | undefined, value: Record<string, unknown>): Schema | undefined {
  const known = (branch: Schema) => Object.keys(branch.properties ?? {}).filter((key) => key in value).length
  return schema?.anyOf === undefined
    ? schema
    : schema.anyOf.reduce((best, branch) => (known(branch) > known(best) ? branch : best))
}

function arrange(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) {
    const items = schema?.items ?? schema?.anyOf?.find((branch) => branch.items !== undefined)?.items
    return value.map((item, index) => arrange(item, Array.isArray(items) ? items[index] : (items as Schema)))
  }
  if (!isRecord(value)) return value
  const properties = branchOf(schema, value)?.properties ?? {}
  const declared = Object.keys(properties).filter((key) => key in value)
  const others = Object.keys(value)
    .filter((key) => !(key in properties))
    .sort()
  return Object.fromEntries(
    [...declared, ...others].map((key) => [key, arrange(value[key], properties[key])]),
  )
}

/**
 * A report as JSON. The same report always gives the same text: keys are in the order of the schema, and those that the
 * schema does not know follow in the order of their code units. `indent` 0 gives one line; otherwise the text ends with
 * a line feed.
 */
export function reportToJson(report: Report, indent = 2): string {
  const text = JSON.stringify(arrange(report, Report as Schema), null, indent)
  return indent === 0 ? text : `${text}\n`
}
