import { readFileSync } from 'node:fs'
import type { Schema } from './schema-values.ts'

interface Described {
  readonly parameters?: readonly { in: string; name: string; required?: boolean; schema: Schema }[]
  readonly requestBody?: { content: Readonly<Record<string, { schema?: Schema }>> }
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema?: Schema }>> }>>
}

/** One operation of the API description. */
export interface Operation extends Described {
  readonly method: string
  readonly path: string
}

/** The operations of `docs/api/openapi.json`, references resolved. */
export function readOperations(): Operation[] {
  const text = readFileSync(new URL('../../docs/api/openapi.json', import.meta.url), 'utf8')
  const { components, paths } = JSON.parse(text) as {
    components: { schemas: Record<string, object> }
    paths: Record<string, Record<string, Described>>
  }
  const resolve = (described: unknown): unknown =>
    JSON.parse(JSON.stringify(described), (_, value) => {
      const name = /^#\/components\/schemas\/(.+)$/.exec(value?.$ref)?.[1]
      return name === undefined ? value : resolve(components.schemas[name])
    })
  const resolved = resolve(paths) as typeof paths
  const all = Object.entries(resolved).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({
      ...described,
      path,
      method: method.toUpperCase(),
    })),
  )
  // What is asked for must still be there, so removing and stopping come last.
  const destroys = ({ method, path }: Operation) => method === 'DELETE' || path.endsWith('/cancel')
  return [...all.filter((one) => !destroys(one)), ...all.filter(destroys)]
}
