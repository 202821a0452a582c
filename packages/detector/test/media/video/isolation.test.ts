import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMedia, probeIsolation } from '@unswap/detector'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { attacks, controls, withDataReference } from '../../../../../fuzz/corpus/attack-files.ts'
import { collect, cornerColour } from './numbered-frames.ts'

const PATH = process.env.PATH!
const SECRET = 'canary-5b1f0e'

let folder: string
let port: number
let listener: Server
let connections = 0
const made = (name: string) => join(folder, name)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isolation-'))
  listener = createServer((socket) => {
    connections++
    socket.destroy()
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  port = (listener.address() as { port: number }).port
  const red = ['-f', 'lavfi', '-i', 'color=c=red:s=64x48:r=10:d=1', '-pix_fmt', 'yuv420p']
  const make = (...options: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...options])
  // The canary: its frames are red, and nothing that is analysed here holds a red picture.
  make(...red, '-c:v', 'mjpeg', made('canary.mov'))
  make(...red, '-c:v', 'libx264', '-f', 'mpegts', made('canary.ts'))
  await writeFile(made('canary.txt'), SECRET)
  await sharp({ create: { width: 64, height: 48, channels: 3, background: 'red' } })
    .png()
    .toFile(made('canary.png'))
})

afterEach(() => {
  process.env.PATH = PATH
  return rm(made('written'), { force: true })
})

afterAll(async () => {
  listener.close()
  await rm(folder, { recursive: true })
})

/** What became of media: its error, or whether a frame shows the canary. */
async function outcome(path: string, decoder: 'ffmpeg' | 'bundled'): Promise<string> {
  try {
    const media = await openMedia({ path }, { decoder })
    try {
      const frames = await collect(media.frames({ count: 4 }))
      const red = frames.some((frame) => {
        const [r, g, b] = cornerColour(frame, 'top left')
        return r! > 150 && g! < 90 && b! < 90
      })
      return red ? 'shows the canary' : 'other frames'
    } finally {
      await media.close()
    }
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return message.includes(SECRET) ? 'tells the canary' : (code ?? `no code: ${message}`)
  }
}

describe.each(['ffmpeg', 'bundled'] as const)(
  'crafted media by %s: no other file, no connection',
  (decoder) => {
    it('playlists, scripts, descriptions and drawings, under every name and behind every signature', async () => {
      const before = connections
      const refused = new Set<string>()
      for (const { name, bytes } of attacks({ folder, port })) {
        const path = made(name)
        await writeFile(path, bytes)
        const result = await outcome(path, decoder)
        expect(result, name).toMatch(/^(media_\w+|decoder_missing|limit_\w+)$/)
        refused.add(result)
      }
      expect(connections).toBe(before)
      expect(refused).toContain('media_unsupported')
      expect(refused).toContain('media_unreadable')
    })

    it('a QuickTime file whose pictures lie in another file', async () => {
      const crafted = withDataReference(await readFile(made('canary.mov')), made('canary.mov'))
      await writeFile(made('reference.mov'), crafted)
      expect(await outcome(made('reference.mov'), decoder)).not.toMatch(/canary/)
    })
  },
)

it('the same files do reach the canary where ffmpeg is not held back', async () => {
  const crafted = withDataReference(await readFile(made('canary.mov')), made('canary.mov'))
  await writeFile(made('reference.mov'), crafted)
  for (const { name, options } of controls({ folder })) {
    const picture = execFileSync(
      'ffmpeg',
      ['-v', 'error', ...options, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1'],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    )
    expect([picture[0]! > 150, picture[1]! < 90], name).toEqual([true, true])
  }
})

/** A folder of programs in which ffprobe was taken over by the media that it reads. */
async function takenOver(script: string, others: readonly string[]): Promise<string> {
  const programs = await mkdtemp(made('programs-'))
  await writeFile(join(programs, 'ffmpeg'), '#!/bin/bash\necho version 9.9\n', { mode: 0o755 })
  const shell = `#!/bin/bash\n[[ "$*" == *-version* ]] && { echo version 9.9; exit; }\n${script}\n`
  await writeFile(join(programs, 'ffprobe'), shell, { mode: 0o755 })
  for (const name of others) await symlink(join('/usr/bin', name), join(programs, name))
  return programs
}

it('a decoder that outlives its sandbox does not keep an analysis from ending', async () => {
  const programs = await mkdtemp(made('programs-'))
  const real = (name: string) => execFileSync('which', [name], { encoding: 'utf8' }).trim()
  await symlink(real('ffprobe'), join(programs, 'ffprobe'))
  const outliving = `#!${real('bash')}\n${real('ffmpeg')} "$@" &\nwait\n`
  await writeFile(join(programs, 'ffmpeg'), outliving, { mode: 0o755 })
  const video = made('long.mp4')
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=s=640x360:d=20', video])
  process.env.PATH = programs
  const leaving = new AbortController()
  const media = await openMedia({ path: video }, { decoder: 'ffmpeg', signal: leaving.signal })
  const frames = media.frames({ all: true })
  await frames.next()
  leaving.abort()
  await expect(frames.next()).rejects.toMatchObject({ code: 'cancelled' })
  await frames.return()
  await media.close()
}, 30_000)

it('what a sandbox that was ended at its start leaves behind is ended too', async () => {
  const sleep = `/bin/sleep 61.${process.pid}`
  process.env.PATH = await takenOver(`${sleep} & wait`, [])
  const leaving = new AbortController()
  const opening = openMedia({ path: made('canary.mov') }, { decoder: 'ffmpeg', signal: leaving.signal })
  setTimeout(() => leaving.abort(), 500)
  await expect(opening).rejects.toMatchObject({ code: 'cancelled' })
  expect(execFileSync('/bin/ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toMatch(sleep)
}, 30_000)

/** What the program that was taken over could tell, as the message of the error. */
async function told(limits: object = {}): Promise<string> {
  const opened = openMedia({ path: made('canary.mov') }, { decoder: 'ffmpeg', limits })
  const error = await opened.catch((thrown) => thrown)
  return `${error.code}: ${error.message}`
}

describe.runIf(process.platform === 'linux')('a decoder that was taken over', () => {
  const script = () => `
    said="other file: $(<'${made('canary.txt')}')"
    (exec 3<>/dev/tcp/127.0.0.1/${port}) && said+=" CONNECTED"
    (echo x > '${made('written')}') && said+=" WROTE"
    echo "$said; environment: $SECRET_KEY; memory: $(ulimit -v)" >&2`

  it('without isolation could do all that', async () => {
    process.env.SECRET_KEY = SECRET
    const before = connections
    process.env.PATH = await takenOver(script(), [])
    const message = await told()
    expect(await probeIsolation()).toEqual({ files: false, network: false, resources: false })
    expect(message).toMatch(`other file: ${SECRET}`)
    expect(message).toMatch(/CONNECTED WROTE; environment: ; memory: unlimited/)
    expect(connections).toBe(before + 1)
    expect(await readFile(made('written'), 'utf8')).toBe('x\n')
  })

  it.for([
    [['bwrap', 'prlimit'], { files: true, network: true, resources: true }],
    [['unshare', 'prlimit'], { files: false, network: true, resources: true }],
  ] as const)(
    'with %j: neither network nor writing, and memory is bounded',
    async ([programs, level], { skip }) => {
      const before = connections
      process.env.PATH = await takenOver(script(), programs)
      const reached = await probeIsolation()
      skip(reached.network !== level.network || !reached.resources, 'not installed or not allowed here')
      expect(reached).toEqual(level)
      const message = await told({ pixels: 1_000_000 })
      expect(message).toMatch('media_unreadable')
      expect(message).not.toMatch(/CONNECTED|WROTE/)
      expect(message.includes(SECRET)).toBe(!level.files)
      expect(Number(/memory: (\d+)/.exec(message)?.[1])).toBeLessThan(2.2 * 1024 ** 2)
      expect(connections).toBe(before)
      expect(await readFile(made('written'), 'utf8').catch(() => '')).toBe('')
    },
  )

  it.for([[['prlimit']], [['prlimit', 'bwrap']]] as const)(
    'that spins is ended by %j: a limit, not an empty video',
    async ([programs], { skip }) => {
      process.env.PATH = await takenOver('while :; do :; done', programs)
      skip(!(await probeIsolation()).resources, 'prlimit is not installed here')
      expect(await told({ seconds: 1 })).toMatch(/^limit_time: /)
    },
  )
})
