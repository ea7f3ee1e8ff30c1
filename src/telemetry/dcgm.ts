/**
 * Metrics of NVIDIA's DCGM exporter that say something of a service, with their units. A share of time or of cycles is 0–1 in
 * `DCGM_FI_PROF_…` and per cent in `DCGM_FI_DEV_…`. Their label `gpu` is the GPU's number, `GPU_I_ID` that of a part of it (MIG).
 */
export const DCGM_UNITS: Readonly<Record<string, string>> = {
  DCGM_FI_PROF_GR_ENGINE_ACTIVE: '',
  DCGM_FI_PROF_SM_ACTIVE: '',
  DCGM_FI_PROF_SM_OCCUPANCY: '',
  DCGM_FI_PROF_PIPE_TENSOR_ACTIVE: '',
  DCGM_FI_PROF_PIPE_FP64_ACTIVE: '',
  DCGM_FI_PROF_PIPE_FP32_ACTIVE: '',
  DCGM_FI_PROF_PIPE_FP16_ACTIVE: '',
  DCGM_FI_PROF_DRAM_ACTIVE: '',
  DCGM_FI_PROF_PCIE_TX_BYTES: 'B/s',
  DCGM_FI_PROF_PCIE_RX_BYTES: 'B/s',
  DCGM_FI_PROF_NVLINK_TX_BYTES: 'B/s',
  DCGM_FI_PROF_NVLINK_RX_BYTES: 'B/s',
  DCGM_FI_DEV_GPU_UTIL: '%',
  DCGM_FI_DEV_MEM_COPY_UTIL: '%',
  DCGM_FI_DEV_FB_USED: 'MiB',
  DCGM_FI_DEV_FB_FREE: 'MiB',
  DCGM_FI_DEV_FB_TOTAL: 'MiB',
  DCGM_FI_DEV_POWER_USAGE: 'W',
  DCGM_FI_DEV_GPU_TEMP: '°C',
  DCGM_FI_DEV_MEMORY_TEMP: '°C',
  DCGM_FI_DEV_SM_CLOCK: 'MHz',
  DCGM_FI_DEV_MEM_CLOCK: 'MHz',
};

/** The ones that say how busy a GPU is. */
export const DCGM_ACTIVITY = {
  /** 0–1: graphics and compute engines. */
  engine: 'DCGM_FI_PROF_GR_ENGINE_ACTIVE',
  /** 0–1: cycles of the tensor cores. */
  tensor: 'DCGM_FI_PROF_PIPE_TENSOR_ACTIVE',
  /** %: the share of time in which some kernel ran. */
  utilisation: 'DCGM_FI_DEV_GPU_UTIL',
} as const;

/** By which DCGM names a part of a GPU. */
export const DCGM_PART = 'GPU_I_ID';
