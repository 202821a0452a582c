import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  findProgram,
  freePort,
  startProgram,
  stopProgram,
} from '../../../packages/server/test/services/run-program.ts'
import { ask } from './ask.ts'

const run = promisify(execFile)
const FOLDER = fileURLToPath(new URL('../../nginx/', import.meta.url))

export interface RunningNginx {
  /** https://localhost:… */
  readonly url: string
  readonly httpUrl: string
  readonly port: number
  /** The development certificate, for clients to trust. */
  readonly certificate: string
  /** Output of `nginx -t`. */
  readonly tested: string
  /** Lines of the access log so far. */
  log(): Promise<Record<string, unknown>[]>
  reload(): Promise<void>
  readonly tlsDir: string
  stop(): Promise<void>
}

/** Debian's nginx on loopback with the project's own configuration and a development certificate. */
export async function startNginx(
  upstreams: readonly string[],
  variables: Record<string, string> = {},
): Promise<RunningNginx> {
  const program = findProgram('nginx', ['/usr/sbin'], 'apt-get install -y nginx gettext-base')
  const folder = await mkdtemp(join(tmpdir(), 'unswap-nginx-'))
  const [port, httpPort] = [await freePort(), await freePort()]
  const tlsDir = join(folder, 'tls')
  const accessLog = join(folder, 'access.log')
  await run(join(FOLDER, 'certificate.sh'), [tlsDir, 'localhost', '127.0.0.1'])
  await mkdir(join(folder, 'acme/.well-known/acme-challenge'), { recursive: true })
  await writeFile(join(folder, 'acme/.well-known/acme-challenge/token'), 'proof')
  const environment = {
    PATH: process.env.PATH,
    UNSWAP_NGINX_UPSTREAMS: upstreams.map((url) => new URL(url).host).join(' '),
    UNSWAP_NGINX_HTTP_LISTEN: `127.0.0.1:${httpPort}`,
    UNSWAP_NGINX_HTTPS_LISTEN: `127.0.0.1:${port}`,
    UNSWAP_NGINX_PUBLIC_PORT: `${port}`,
    UNSWAP_NGINX_TLS_DIR: tlsDir,
    UNSWAP_NGINX_ACME_DIR: join(folder, 'acme'),
    UNSWAP_NGINX_CACHE_DIR: join(folder, 'cache'),
    UNSWAP_NGINX_ACCESS_LOG: accessLog,
    ...variables,
  }
  const { stdout: site } = await run(join(FOLDER, 'render.sh'), [], { env: environment })
  const file = join(folder, 'nginx.conf')
  await writeFile(join(folder, 'unswap.conf'), site)
  await writeFile(file, wrap(folder))
  const flags = ['-c', file, '-p', folder, '-e', join(folder, 'error.log')]
  const { stderr: tested } = await run(program, ['-t', ...flags])
  const certificate = await readFile(join(tlsDir, 'fullchain.pem'), 'utf8')
  const url = `https://localhost:${port}`
  const child = await startProgram([program, ...flags, '-g', 'daemon off;'], () =>
    ask(`${url}/metrics`, { ca: certificate }),
  )
  return {
    url,
    httpUrl: `http://localhost:${httpPort}`,
    port,
    certificate,
    tested,
    tlsDir,
    log: async () =>
      (await readFile(accessLog, 'utf8'))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    reload: async () => void (await run(program, ['-s', 'reload', ...flags])),
    stop: async () => {
      await stopProgram(child, 'SIGTERM')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The surrounding configuration of Debian and of nginx's container: http, types, writable folders. */
const wrap = (folder: string) => `
worker_processes 1;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${folder}/nginx.pid;
events { worker_connections 512; }
http {
  types { text/html html; text/css css; text/javascript js; application/json json; }
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  include ${folder}/unswap.conf;
}
`
