// The object store of the scale-out test as a program of its own, so that it can be killed: s3.ts PORT FOLDER
import S3rver from 's3rver'

const [port, directory] = process.argv.slice(2)
await new S3rver({
  port: Number(port),
  address: '127.0.0.1',
  silent: true,
  directory: directory!,
  configureBuckets: [{ name: 'media' }],
}).run()
