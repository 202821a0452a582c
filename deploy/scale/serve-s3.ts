// s3.ts PORT FOLDER: the object store of the scale-out test. A separate program, so that it can be killed.
import S3rver from 's3rver'

const [port, directory] = process.argv.slice(2)
await new S3rver({
  port: Number(port),
  address: '127.0.0.1',
  silent: true,
  directory: directory!,
  configureBuckets: [{ name: 'media' }],
}).run()
