/** Of a service that is not known: what its process, its runtime and its HTTP server tell by the libraries that are usual for it. */
export const SERVICE_SERIES: readonly string[] = [
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'process_open_fds',
  'nodejs_eventloop_lag_*',
  'nodejs_eventloop_utilization',
  'nodejs_gc_duration_seconds',
  'python_gc_collections_total',
  'go_goroutines',
  '*http_requests_in_progress',
  '*http_requests_inprogress',
  '*_requests_in_progress',
  'http_server_active_requests',
  'http_requests_total',
  'http_request_duration_seconds',
  'http_server_request_duration_seconds',
];

/** NVIDIA's DCGM exporter. */
export const DCGM_SERIES: readonly string[] = ['DCGM_FI_*'];
