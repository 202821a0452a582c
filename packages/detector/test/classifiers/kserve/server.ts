import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { loadModels, type ServedModel } from './models.ts'
import { decodeInfer, encodeInfer } from './protocol.ts'

/** What may go wrong with one request: another status, a connection cut before or within the answer, milliseconds. */
export type Fault =
  | { readonly status: number }
  | { readonly cut: true }
  | { readonly half: true }
  | { readonly delay: number }

export interface KserveServer {
  readonly url: string
  /** Rows of each run of a network. */
  readonly batches: number[]
  /** Requests by path. */
  readonly requests: string[]
  /** Connections that were closed before their answer. */
  readonly aborted: () => number
  /** Asked for each request; null lets it pass. */
  fault: (path: string) => Fault | null
  extensions: readonly string[]
  /** Where every request is sent on to, when it is set. */
  redirectTo: string | null
  close(): Promise<void>
}

/**
 * An inference server on loopback that speaks the KServe v2 protocol over HTTP, with the extensions for binary tensors
 * and for model configurations, as NVIDIA documents them for Triton. It loads a model repository and runs its networks.
 */
export async function startKserve(repository: string, token?: string): Promise<KserveServer> {
  const batches: number[] = []
  const requests: string[] = []
  let aborted = 0
  const models = await loadModels(repository, (rows) => batches.push(rows))

  const http = createServer(async (request, response) => {
    const path = request.url!
    requests.push(path)
    response.once('close', () => (aborted += response.writableFinished ? 0 : 1))
    const fault = server.fault(path)
    if (fault && 'cut' in fault) return void request.socket.destroy()
    if (fault && 'half' in fault) {
      response.writeHead(200, { 'content-length': 1000 }).write('{"outputs":')
      return void setImmediate(() => request.socket.destroy())
    }
    if (server.redirectTo !== null) {
      return void response.writeHead(307, { location: server.redirectTo + path }).end()
    }
    if (fault && 'delay' in fault) await pause(fault.delay, undefined, { ref: false })
    if (fault && 'status' in fault) return void send(response, fault.status, { error: 'asked to fail' })
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      return void send(response, 401, { error: 'no token' })
    }
    try {
      await answer(models, server.extensions, request, response)
    } catch (error) {
      send(response, 400, { error: (error as Error).message })
    }
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const server: KserveServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    batches,
    requests,
    aborted: () => aborted,
    fault: () => null,
    extensions: ['binary_tensor_data', 'model_configuration'],
    redirectTo: null,
    async close() {
      if (!http.listening) return
      http.closeAllConnections()
      http.close()
      await Promise.all([...models.values()].map(({ session }) => session.close()))
    },
  }
  return server
}

async function answer(
  models: ReadonlyMap<string, ServedModel>,
  extensions: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url!
  if (path === '/v2') return send(response, 200, { name: 'kserve', version: '1', extensions })
  if (/^\/v2\/health\/(ready|live)$/.test(path)) return send(response, 200, {})
  const [, name, version, what] =
    /^\/v2\/models\/([^/]+)\/versions\/([^/]+)(?:\/(ready|config|infer))?$/.exec(path) ?? []
  const model = models.get(`${name}/${version}`)
  if (!model) return send(response, 404, { error: `unknown model ${name} version ${version}` })
  if (what === 'ready') return send(response, 200, {})
  if (what === 'config') return send(response, 200, model.config)
  if (what === undefined) return send(response, 200, describe(model, version!))
  if (request.method !== 'POST') return send(response, 405, { error: 'POST it' })
  const body = Buffer.concat(await request.toArray())
  const { feeds, outputs } = decodeInfer(body, request.headers['inference-header-content-length'], model)
  const results = await model.run(feeds)
  const encoded = encodeInfer(name!, version!, results, outputs)
  if (encoded.headerLength !== null) {
    response.setHeader('Inference-Header-Content-Length', encoded.headerLength)
    response.setHeader('Content-Type', 'application/octet-stream')
  }
  response.end(encoded.body)
}

function describe({ config }: ServedModel, version: string) {
  const tensors = (list: ModelTensors) =>
    list.map(({ name, data_type, dims }) => ({
      name,
      datatype: data_type.replace('TYPE_', ''),
      shape: [-1, ...dims.map(Number)],
    }))
  const { name, input, output } = config
  return { name, versions: [version], platform: 'onnx', inputs: tensors(input), outputs: tensors(output) }
}
type ModelTensors = ServedModel['config']['input']

function send(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
}
