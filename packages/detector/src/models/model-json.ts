import { type ErrorCode, UnswapError } from '@unswap/contract'
import type { Static, TSchema } from 'typebox'
import Value from 'typebox/value'
import { readModelFile } from '../onnx/weights.ts'

/**
 * A JSON file of a model's folder that follows `schema`.
 * @throws UnswapError `model_missing` or `model_invalid`
 */
export async function readModelJson<T extends TSchema>(schema: T, file: string): Promise<Static<T>> {
  const content = parseJson((await readModelFile(file)).toString('utf8'), file, 'model_invalid')
  return conform(schema, content, file, 'model_invalid')
}

/** @throws UnswapError of the given code */
export function parseJson(text: string, file: string, code: ErrorCode): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UnswapError(code, `${file} is not JSON: restore it.`, { cause })
  }
}

/** @throws UnswapError of the given code, with the first thing that does not follow the schema */
export function conform<T extends TSchema>(
  schema: T,
  content: unknown,
  file: string,
  code: ErrorCode,
): Static<T> {
  if (Value.Check(schema, content)) return content
  const [fault] = Value.Errors(schema, content)
  const what = fault ? `${fault.instancePath || 'it'} ${fault.message}` : 'no reason found'
  throw new UnswapError(code, `${file} does not follow its schema (${what}): restore it.`)
}
