// node deploy/backup.ts save FILE | restore FILE: copies the whole configured database. Saving works while the service
// runs. Restore into an empty database, with the service stopped. Media are not included.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { loadConfig } from '../packages/server/src/environment.ts'

// Only the owner may read the file, because it holds hashes of keys.
process.umask(0o077)
const [action, name] = process.argv.slice(2)
const config = loadConfig()
const own = join(config.dataDir, 'unswap.db')

if ((action !== 'save' && action !== 'restore') || name === undefined) {
  fail('Usage: node deploy/backup.ts save FILE | restore FILE', 2)
}
const file = resolve(name)
if (action === 'save' && existsSync(file)) fail(`${file} is there already; give another name.`, 2)
if (action === 'restore' && !existsSync(file)) fail(`There is no ${file}.`, 3)

if (config.database.url !== '') {
  const [program, ...args] =
    action === 'save'
      ? ['pg_dump', '--format=custom', '--no-owner', `--file=${file}`]
      : ['pg_restore', '--no-owner', '--exit-on-error', '--single-transaction', file]
  // The address holds a password, so it is passed in the environment, not as an argument that `ps` shows.
  const { hostname, port, username, password, pathname } = new URL(config.database.url)
  const where = {
    PGHOST: hostname,
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
  }
  const target = action === 'restore' ? ['--dbname', where.PGDATABASE] : []
  execFileSync(program!, [...target, ...args], { stdio: 'inherit', env: { ...process.env, ...where } })
} else if (action === 'save') {
  if (!existsSync(own)) fail(`There is no database at ${own}.`, 3)
  const db = new DatabaseSync(own, { readOnly: true })
  db.prepare('vacuum into ?').run(file)
  db.close()
} else {
  if (existsSync(own)) fail(`${own} is there already; move it away first.`, 2)
  const db = new DatabaseSync(file, { readOnly: true })
  const [found] = db.prepare('pragma integrity_check').all() as { integrity_check: string }[]
  db.close()
  if (found?.integrity_check !== 'ok') fail(`${file} is damaged.`, 3)
  mkdirSync(dirname(own), { recursive: true, mode: 0o700 })
  // SQLite would read leftover files of an earlier database of this name as belonging to the new one.
  for (const rest of ['-wal', '-shm']) rmSync(own + rest, { force: true })
  copyFileSync(file, own)
}

function fail(sentence: string, status: number): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(status)
}
