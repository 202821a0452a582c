/**
 * From version 1.29 on, onnxruntime's builds for Linux and macOS send usage data to its maker and leave files in the
 * temporary folder. Nothing of an analysis may leave the machine, so it is off. Import this before the runtime.
 */
process.env.ORT_DISABLE_TELEMETRY = '1'
