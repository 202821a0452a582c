import { execFile } from 'node:child_process'
import { chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import pg from 'pg'
import { findProgram, freePort } from '../../packages/server/test/services/run-program.ts'
import { type Program, startProgram } from './start-program.ts'

const run = promisify(execFile)
const S3 = fileURLToPath(new URL('./serve-s3.ts', import.meta.url))

/** A third-party service on loopback, and its address. */
export interface Reached {
  readonly program: Program
  readonly address: string
}

/** PostgreSQL that writes to disk before it answers (its default), so that committed data survive a kill. */
export async function startPostgres(folder: string, binaries: readonly string[]): Promise<Reached> {
  const install = 'apt-get install -y postgresql'
  const [initdb, postgres] = ['initdb', 'postgres'].map((name) => findProgram(name, binaries, install))
  const data = join(folder, 'postgres')
  await mkdir(data)
  const asUser = process.getuid?.() === 0 ? await asPostgres([folder, data]) : []
  const init = [...asUser, initdb!, '-D', data, '-U', 'unswap', '-A', 'trust', '-E', 'UTF8', '--locale', 'C']
  await run(init[0]!, init.slice(1))
  const port = await freePort()
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=']
  const address = (database: string) => `postgres://unswap@127.0.0.1:${port}/${database}`
  const command = [...asUser, postgres!, '-D', data, ...settings.flatMap((one) => ['-c', one])]
  const program = await startProgram({
    name: 'PostgreSQL',
    command,
    probe: () => query(address('postgres'), 'select 1'),
    stopSignal: 'SIGINT',
  })
  await query(address('postgres'), 'create database unswap')
  return { program, address: address('unswap') }
}

/** Redis without persistence, so that a kill loses all its data. */
export async function startRedis(folder: string): Promise<Reached> {
  const port = await freePort()
  const address = `redis://127.0.0.1:${port}`
  const program = await startProgram({
    name: 'Redis',
    command: [
      findProgram('redis-server', ['/usr/bin'], 'apt-get install -y redis-server'),
      ...['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'no'],
    ],
    probe: () => pingRedis(address),
  })
  return { program, address }
}

/** An object store that speaks S3, with one bucket `media`. */
export async function startS3(folder: string): Promise<Reached> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const program = await startProgram({
    name: 'object store',
    command: [process.execPath, S3, `${port}`, join(folder, 's3')],
    probe: () => fetch(address),
  })
  return { program, address }
}

/** nginx that distributes requests over the API processes. */
export async function startNginx(folder: string, ports: readonly number[]): Promise<Reached> {
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  const upstreams = ports.map((one) => `server 127.0.0.1:${one} max_fails=1 fail_timeout=2s;`).join(' ')
  await writeFile(
    file,
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; worker_processes 1;
events { worker_connections 512; }
http {
  access_log off; client_body_temp_path ${folder}/nginx-body; proxy_temp_path ${folder}/nginx-proxy;
  fastcgi_temp_path ${folder}/nginx-x; uwsgi_temp_path ${folder}/nginx-x; scgi_temp_path ${folder}/nginx-x;
  upstream api { ${upstreams} }
  server {
    listen 127.0.0.1:${port}; client_max_body_size 64m;
    location / {
      proxy_pass http://api; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_connect_timeout 2s; proxy_set_header X-Forwarded-For $remote_addr;
    }
  }
}
`,
  )
  const address = `http://127.0.0.1:${port}`
  const program = await startProgram({
    name: 'nginx',
    command: [
      findProgram('nginx', ['/usr/sbin'], 'apt-get install -y nginx-light'),
      '-c',
      file,
      '-p',
      folder,
    ],
    probe: () => fetch(address),
  })
  return { program, address }
}

/** Rows of one query to PostgreSQL. */
export async function query(address: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

async function pingRedis(address: string): Promise<void> {
  const redis = new Redis(address, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    await redis.ping()
  } finally {
    redis.disconnect()
  }
}

/** Command prefix that runs as the user of Debian's package, because PostgreSQL refuses to run as root. */
async function asPostgres(folders: readonly string[]): Promise<string[]> {
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout)
  const [uid, gid] = [await id('-u'), await id('-g')]
  for (const folder of folders) await chown(folder, uid, gid)
  return ['/usr/bin/setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
}
