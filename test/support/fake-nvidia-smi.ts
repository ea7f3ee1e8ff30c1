import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Stands for a machine's nvidia-smi: GPUs told every 200 ms as the real one does, the first busy in odd seconds. */
const program = (gpus: number): string => `#!${process.execPath}
const two = (n) => String(n).padStart(2, '0');
process.stdout.write('timestamp, index, name, utilization.gpu [%], memory.used [MiB], power.draw [W]\\n');
setInterval(() => {
  const now = new Date();
  const busy = Math.floor((now.getTime() - 100) / 1000) % 2 === 1 ? 100 : 0;
  const day = now.getFullYear() + '/' + two(now.getMonth() + 1) + '/' + two(now.getDate());
  const time = two(now.getHours()) + ':' + two(now.getMinutes()) + ':' + two(now.getSeconds()) + '.' + String(now.getMilliseconds()).padStart(3, '0');
  process.stdout.write(day + ' ' + time + ', 0, NVIDIA H100, ' + busy + ' %, 2048 MiB, 300.00 W\\n');
  for (let gpu = 1; gpu < ${gpus}; gpu++)
    process.stdout.write(day + ' ' + time + ', ' + gpu + ', NVIDIA H100, ' + (now.getMilliseconds() % 100) + ' %, ' + (1024 + now.getSeconds()) + ' MiB, [N/A]\\n');
}, 200);
`;

/**
 * Puts it into a folder, to be found where that is on the path. @param gpus the second and later do not tell their power
 * @returns its path
 */
export async function makeNvidiaSmi(folder: string, gpus = 1): Promise<string> {
  const file = path.join(folder, 'nvidia-smi');
  await writeFile(file, program(gpus));
  await chmod(file, 0o755);
  return file;
}
