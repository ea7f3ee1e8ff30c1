import path from 'node:path';
import * as vscode from 'vscode';
import { type Profile, ProfileError } from '../../profile/profile.ts';
import { PROFILE_ENDINGS } from '../../profile/read/formats.ts';
import { MAX_PROFILE_BYTES, readProfile } from '../../profile/read/recognise.ts';

/** What lies behind a name's last dot; traces and stacks have no ending of their own. */
const EXTENSIONS = [...new Set([...PROFILE_ENDINGS.map((ending) => ending.split('.').at(-1)!), 'json', 'txt'])];

/** Profiles of a file. */
export interface OpenedProfile {
  readonly name: string;
  readonly profiles: readonly Profile[];
  /** When the file was written, ms since 1970: what it tells is no newer. */
  readonly takenAt: number;
}

/** *Open Profile…*: asks for a file, unless one is given, and reads it. Undefined where there is nothing to show. */
export async function openProfile(given?: vscode.Uri): Promise<OpenedProfile | undefined> {
  const uri = given ?? (await ask());
  if (!uri) return undefined;
  const name = path.basename(uri.fsPath);
  try {
    const { size, mtime } = await vscode.workspace.fs.stat(uri);
    // Before it is read: a file that cannot be shown need not fill the memory first.
    if (size > MAX_PROFILE_BYTES) throw new ProfileError(`It has ${Math.round(size / 1024 / 1024)} MB.`);
    return { name, profiles: readProfile(await vscode.workspace.fs.readFile(uri), name), takenAt: mtime };
  } catch (error) {
    void vscode.window.showErrorMessage(`${name} cannot be opened. ${(error as Error).message}`);
    return undefined;
  }
}

async function ask(): Promise<vscode.Uri | undefined> {
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: 'Open Profile',
      openLabel: 'Open',
      filters: { Profiles: EXTENSIONS, 'All Files': ['*'] },
    })) ?? [];
  return uri;
}
