import type { StreamApi } from '../plan/plan.ts';
import { OLLAMA_CHAT, OLLAMA_GENERATE } from './ollama.ts';
import { OPENAI_CHAT, OPENAI_COMPLETIONS } from './openai-choices.ts';
import { OPENAI_RESPONSES } from './openai-responses.ts';
import { PLAIN_EVENTS, PLAIN_LINES } from './plain-stream.ts';
import type { StreamFormat } from './stream-format.ts';
import { TGI } from './tgi.ts';

export const STREAM_FORMATS: Readonly<Record<StreamApi, StreamFormat>> = {
  'openai-chat': OPENAI_CHAT,
  'openai-completions': OPENAI_COMPLETIONS,
  'openai-responses': OPENAI_RESPONSES,
  'ollama-chat': OLLAMA_CHAT,
  'ollama-generate': OLLAMA_GENERATE,
  tgi: TGI,
  sse: PLAIN_EVENTS,
  'json-lines': PLAIN_LINES,
};
