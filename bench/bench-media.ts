import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const PORTRAIT = fileURLToPath(new URL('../testdata/real/astronaut.png', import.meta.url))
const FOLDER = fileURLToPath(new URL('../.unswap/bench', import.meta.url))

/** One face at 640×480 as a JPEG: a still of the portrait. */
export function makePhotograph(): string {
  return make('photograph.jpg', ['-i', PORTRAIT, '-vf', 'scale=640:-1,crop=640:480:0:0', '-q:v', '3'])
}

/** One face at 256×256 as a JPEG, as other systems are measured with. */
export function makeSmallPhotograph(): string {
  return make('small.jpg', ['-i', PORTRAIT, '-vf', 'crop=340:340:60:0,scale=256:256', '-q:v', '3'])
}

/** Ten seconds of 720p H.264 at 25 frames/s with one face: the camera slowly nears the portrait and drifts. */
export function makeClip(): string {
  const move = "zoompan=z='1.3+on/1500':x='(iw-iw/zoom)/2+40*sin(on/40)':y='0':d=250:s=1280x720:fps=25"
  const codec = ['-c:v', 'libx264', '-preset', 'fast', '-crf', '23', '-pix_fmt', 'yuv420p']
  return make('clip.mp4', ['-i', PORTRAIT, '-vf', `scale=2560:-1,crop=2560:1440:0:0,${move}`, ...codec])
}

function make(name: string, options: readonly string[]): string {
  const path = `${FOLDER}/${name}`
  if (existsSync(path)) return path
  mkdirSync(FOLDER, { recursive: true })
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...options, path], { stdio: 'inherit' })
  return path
}
