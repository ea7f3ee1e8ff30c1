import type { Frame } from '../../profile/profile.ts';

/** Whether what runs in a role computes, waits for something, or serves: takes work in and hands it on. */
export type RoleNature = 'computes' | 'waits' | 'serves';

/** What a frame means in an inference service, whatever library it comes from. */
export interface FrameRole {
  readonly name: string;
  readonly nature: RoleNature;
  /** In plain words, as in *mostly in …*. */
  readonly words: string;
  /** What users do about it, a few words as in *often helped by …*; null where it depends. It claims no cause. */
  readonly remedy: string | null;
  /** The functions it is known by: file and function of a frame. A frame without a file is a function of the runtime. */
  readonly frames: readonly FramePattern[];
  /** Calls in the text of a source line that leave no frame, because they are not written in the language that is sampled. */
  readonly calls?: RegExp;
  /** Only where some frame of the profile is of this file. */
  readonly within?: RegExp;
}

export type FramePattern = readonly [file: RegExp | null, functions: RegExp];

/** A file of Python's own library, by its last parts: where Python lies differs by system. */
function python(file: string): RegExp {
  return new RegExp(`(^|/)${file}\\.py$`);
}

const ANY = /./;

/**
 * The roles, the first that fits a frame decides. Names were read in the sources of these versions: Python 3.11.7, FastAPI 0.165, anyio 4.16,
 * uvicorn 0.54, pydantic 2.14, aiohttp 3.14, joblib 1.6, scikit-learn 1.7, httpcore 1.0.9, urllib3 2.8, SQLAlchemy 2.1.9, psycopg_pool 3.3.3,
 * asyncpg 0.32, redis 8.1, pymongo 4.20, safetensors 0.8, and in what py-spy 0.4.3 and V8 (Node 20) tell of them; those of
 * torch, transformers, onnxruntime and asgiref in copies of their sources without a version; further libraries by their documented names.
 * V8 tells no frame for `JSON.stringify`: the text of the line does.
 */
const ROLES: readonly FrameRole[] = [
  {
    name: 'garbage collection',
    nature: 'computes',
    words: 'collecting garbage',
    remedy: 'fewer or longer-lived objects, or `gc.freeze()` once the model is loaded',
    frames: [[null, /^\(garbage collector\)$/]],
    calls: /\bgc\.collect\(/,
  },
  {
    name: 'import',
    nature: 'computes',
    words: 'importing modules',
    remedy: 'importing when the service starts',
    frames: [
      [/^<frozen importlib\._bootstrap(_external)?>$/, ANY],
      [python('importlib/(__init__|_bootstrap|_bootstrap_external)'), ANY],
      [/^node:internal\/modules\//, ANY],
    ],
    calls: /^\s*(import|from)\s+[\w.]+|\bimport_module\(/,
  },
  {
    name: 'model loading',
    nature: 'computes',
    words: 'loading a model or stored data',
    remedy: 'loading it once, when the service starts',
    frames: [
      [python('torch/serialization'), /^(.*\.)?(load|_load|_legacy_load)$/],
      [python('torch/jit/_serialization'), /^(.*\.)?load$/],
      [python('joblib/numpy_pickle'), /^(.*\.)?(load|_unpickle|load_build|read_array|read_mmap)$/],
      [python('safetensors/(torch|numpy|tensorflow|flax|paddle)'), /^(.*\.)?load(_file|_model)?$/],
      [
        python('transformers/(modeling_utils|models/auto/\\w+|pipelines/__init__)'),
        /^(.*\.)?(from_pretrained|pipeline)$/,
      ],
      [python('sentence_transformers/\\w+'), /^(.*\.)?(_load_auto_model|_load_sbert_model)$/],
      [python('onnxruntime/capi/onnxruntime_inference_collection'), /^(.*\.)?_create_inference_session$/],
      [python('pickle'), /^(.*\.)?(_?loads?|load_\w+)$/],
    ],
    calls:
      /\b(torch|joblib|pickle|cloudpickle|dill|np|numpy)\.load\(|\bpickle\.loads\(|\bfrom_pretrained\(|\bload_(file|model)\(|\bInferenceSession\(/,
  },
  {
    name: 'tokenizer',
    nature: 'computes',
    words: 'tokenizing text',
    remedy: 'the fast (Rust) tokenizer, or a cache of what repeats',
    frames: [
      [
        python('transformers/(tokenization_\\w+|models/\\w+/tokenization_\\w+)'),
        /^(.*\.)?(__call__|_call_one|_?encode(_plus)?|_?batch_encode(_plus)?|_?decode|batch_decode|tokenize|_tokenize|pad|apply_chat_template)$/,
      ],
      [python('tiktoken/core'), ANY],
      [python('sentencepiece/__init__'), /^(.*\.)?_?(Encode|Decode)\w*$/],
    ],
    calls:
      /\b\w*tokenizer\w*(\.(encode|decode|batch_encode_plus|batch_decode|encode_batch|tokenize|apply_chat_template))?\(/i,
  },
  {
    name: 'worker process',
    nature: 'serves',
    words: 'a worker process',
    remedy: null,
    frames: [
      [python('joblib/externals/loky/process_executor'), /^_process_worker$/],
      [python('concurrent/futures/process'), /^_process_worker$/],
      [python('multiprocessing/pool'), /^(.*\.)?worker$/],
      [
        python('multiprocessing/(process|spawn|popen_\\w+|forkserver)'),
        /^(.*\.)?(_bootstrap|run|_main|spawn_main|_launch)$/,
      ],
    ],
  },
  {
    name: 'connection pool',
    nature: 'waits',
    words: 'waiting for a connection of a pool',
    remedy: 'a larger pool, or connections given back sooner',
    frames: [
      [python('httpcore/_(sync|async)/connection_pool'), /^(.*\.)?wait_for_connection$/],
      [python('urllib3/connectionpool'), /^(.*\.)?_get_conn$/],
      [python('sqlalchemy/pool/impl'), /^(.*\.)?_do_get$/],
      [python('sqlalchemy/util/queue'), /^(.*\.)?get$/],
      [python('psycopg_pool/pool(_async)?'), /^(.*\.)?(getconn|wait)$/],
      [python('asyncpg/pool'), /^(.*\.)?(_acquire|_acquire_impl)$/],
      [python('redis/(asyncio/)?connection'), /^BlockingConnectionPool\.get_connection$/],
      [python('aiohttp/connector'), /^(.*\.)?_wait_for_available_connection$/],
      [python('pymongo/(synchronous/|asynchronous/)?pool'), /^(.*\.)?_get_conn$/],
    ],
  },
  {
    name: 'name lookup',
    nature: 'waits',
    words: 'looking up a host name',
    remedy: 'a connection that is kept, or an address that is cached',
    frames: [
      [python('socket'), /^(getaddrinfo|getfqdn|gethostbyname)$/],
      [/^node:dns$|^node:internal\/dns\//, ANY],
    ],
    calls: /\b(getaddrinfo|gethostbyname(_ex)?|getfqdn)\(/,
  },
  {
    name: 'process pool',
    nature: 'waits',
    words: 'starting worker processes, or waiting for them',
    remedy: '`n_jobs=1` when serving, where the work of one request is small',
    frames: [
      [python('joblib/externals/loky/(reusable_executor|process_executor|backend/\\w+)'), ANY],
      [python('joblib/(executor|_parallel_backends|pool)'), ANY],
      [
        python('joblib/parallel'),
        /^(.*\.)?(_initialize_backend|_terminate_and_reset|_retrieve|_get_outputs|_dispatch|dispatch_one_batch)$/,
      ],
      [python('multiprocessing/(pool|process|context|popen_\\w+|resource_tracker|forkserver)'), ANY],
      [python('concurrent/futures/process'), ANY],
    ],
  },
  {
    name: 'subprocess',
    nature: 'waits',
    words: 'starting another program, or waiting for it',
    remedy: 'a library, or a process that is kept running',
    frames: [
      [
        python('subprocess'),
        /^(.*\.)?(run|call|check_call|check_output|getoutput|communicate|_communicate|wait|_wait|_execute_child|__init__)$/,
      ],
      [/^node:child_process$/, /Sync$/],
      [/^node:internal\/child_process$/, /^spawnSync$/],
    ],
    calls:
      /\bsubprocess\.(run|call|check_call|check_output|Popen)\(|\bos\.(system|popen)\(|\b(exec|execFile|spawn)Sync\(/,
  },
  {
    name: 'sleep',
    nature: 'waits',
    words: 'sleeping',
    remedy: '`await asyncio.sleep()` in a coroutine',
    frames: [[python('asyncio/tasks'), /^sleep$/]],
    calls: /\btime\.sleep\(|(?<![.\w]|\bawait\s+)sleep\(|\bAtomics\.wait\(/,
  },
  {
    name: 'GPU',
    nature: 'waits',
    words: 'waiting for the GPU',
    remedy: 'fewer copies to the CPU (`.item()`, `.cpu()`) within a request',
    frames: [
      [null, /^(cudaStreamSynchronize|cudaDeviceSynchronize|cudaEventSynchronize|cuStreamSynchronize)$/],
      [ANY, /^(cudaStreamSynchronize|cudaDeviceSynchronize|cudaEventSynchronize|cuStreamSynchronize)\b/],
      [python('torch/cuda/(__init__|streams)'), /^(.*\.)?synchronize$/],
    ],
    calls: /\.(item|cpu|tolist)\(\)|\.to\(\s*['"]cpu|\btorch\.cuda\.synchronize\(/,
    within: /(^|\/)torch\/cuda\//,
  },
  {
    name: 'JSON',
    nature: 'computes',
    words: 'encoding or decoding JSON',
    remedy: 'a faster encoder such as orjson, or a smaller answer',
    frames: [
      [python('json/(__init__|encoder|decoder|scanner)'), ANY],
      [python('simplejson/\\w+'), ANY],
      [python('fastapi/encoders'), /^jsonable_encoder$/],
      [python('fastapi/responses'), /^(\w+JSONResponse\.)?render$/],
      [python('flask/json/\\w+'), ANY],
    ],
    calls:
      /\b(orjson|ujson|json|rapidjson|simplejson|msgspec\.json)\.(dumps?|loads?|encode|decode)\(|\bJSON\.(stringify|parse)\(/,
  },
  {
    name: 'validation',
    nature: 'computes',
    words: 'validating or serialising with pydantic',
    remedy: 'a smaller answer, or no response model for it',
    frames: [
      [python('pydantic/main'), /^(.*\.)?(__init__|model_validate\w*|model_dump\w*|parse_obj|dict|json)$/],
      [python('pydantic/type_adapter'), /^(.*\.)?(validate_\w+|dump_\w+)$/],
      [python('fastapi/_compat(/\\w+)?'), /^(.*\.)?(validate|serialize|serialize_json)$/],
    ],
    calls: /\.(model_validate(_json)?|model_dump(_json)?|validate_(python|json)|dump_(python|json))\(/,
  },
  {
    name: 'logging',
    nature: 'computes',
    words: 'writing logs',
    remedy: 'fewer lines, or a handler that writes from a thread of its own (`QueueHandler`)',
    frames: [
      [python('logging/(__init__|handlers)'), ANY],
      [python('(loguru|structlog)/\\w+'), ANY],
      [/^node:internal\/console\//, ANY],
      [/(^|\/)node_modules\/(winston|pino|bunyan|log4js)\//, ANY],
    ],
    calls: /\bconsole\.(log|info|warn|error|debug)\(/,
  },
  {
    name: 'queue',
    nature: 'waits',
    words: 'waiting for another thread or task',
    remedy: null,
    frames: [
      [python('(queue|multiprocessing/queues|asyncio/queues)'), /^(.*\.)?(get|put|join)$/],
      [python('threading'), /^(.*\.)?(join|_wait_for_tstate_lock)$/],
      [python('concurrent/futures/_base'), /^(.*\.)?(result|exception|wait|as_completed)$/],
      [python('asgiref/sync'), /^(.*\.)?__call__$/],
    ],
  },
  {
    name: 'lock',
    nature: 'waits',
    words: 'waiting for a lock or an event',
    remedy: 'holding it for a shorter time, or no longer sharing what it guards',
    frames: [
      [python('threading'), /^(.*\.)?(acquire|__enter__|wait|wait_for|_acquire_restore)$/],
      [python('multiprocessing/synchronize'), /^(.*\.)?(acquire|__enter__|wait)$/],
      [python('asyncio/(locks|mixins)'), /^(.*\.)?(acquire|__aenter__|wait)$/],
      [python('filelock/\\w+'), /^(.*\.)?acquire$/],
      [
        null,
        /^(futex_wait\w*|__lll_lock_wait\w*|pthread_mutex_lock|pthread_cond_(timed)?wait|sem_wait|do_futex_wait\w*)$/,
      ],
    ],
    calls: /^\s*with\s+[\w.[\]]*(lock|mutex|semaphore)\w*(\(\))?\s*(,|:|as\b)|\.acquire\(/i,
  },
  {
    name: 'GIL',
    nature: 'waits',
    words: "waiting for the interpreter's lock (GIL)",
    remedy: 'processes instead of threads for what computes in Python',
    frames: [[ANY, /^(take_gil|PyEval_RestoreThread|PyEval_AcquireThread|PyGILState_Ensure)\b/]],
  },
  {
    name: 'network',
    nature: 'waits',
    words: 'waiting for another server',
    remedy: null,
    frames: [
      [python('httpcore/_backends/\\w+'), /^(.*\.)?(read|write|connect_tcp|start_tls)$/],
      [python('http/client'), /^(.*\.)?(begin|_read_status|getresponse|read|readinto|connect|send)$/],
      [python('socket'), /^(.*\.)?(readinto|create_connection)$/],
      [python('ssl'), /^(.*\.)?(read|recv|recv_into|do_handshake|send|sendall)$/],
      [python('redis/(_parsers/\\w+|connection)'), /^(.*\.)?(_read_from_socket|read_response)$/],
      [python('psycopg/waiting'), ANY],
      [python('pymysql/connections'), /^(.*\.)?_read_bytes$/],
      [python('pymongo/network_layer'), /^(.*\.)?(_receive_data_on_socket|receive_data)$/],
      [python('grpc/_channel'), /^(.*\.)?(_blocking|_next|result|__next__)$/],
      [python('kafka/\\w+'), /^(.*\.)?_?poll$/],
    ],
    calls:
      /\b(requests|httpx|urllib\.request)\.(get|post|put|delete|patch|request|urlopen)\(|\burlopen\(|\.recv(_into)?\(/,
  },
  {
    name: 'file',
    nature: 'computes',
    words: 'reading or writing files',
    remedy: 'keeping in memory what is read again and again',
    frames: [
      [python('pathlib(/\\w+)?'), /^(.*\.)?(open|read_bytes|read_text|write_bytes|write_text)$/],
      [python('shutil'), ANY],
      [python('tempfile'), ANY],
      [/^node:fs$/, /Sync$/],
      [null, /^(readFileUtf8|writeFileUtf8|openFileHandle|writeString|writeBuffer|fsync)$/],
    ],
    calls:
      /(?<![.\w])open\(|\.(read_text|read_bytes|write_text|write_bytes)\(|\b(readFile|writeFile|appendFile|read|write)Sync\(|\bos\.fsync\(/,
  },
  {
    name: 'regular expression',
    nature: 'computes',
    words: 'matching regular expressions',
    remedy: 'a simpler pattern: nested repeats backtrack',
    frames: [
      [python('(re|re/__init__|re/_compiler|re/_parser|sre_compile|sre_parse)'), ANY],
      [python('regex/\\w+'), ANY],
      [null, /^RegExp: /],
    ],
    calls: /\bre(gex)?\.(match|search|sub|subn|findall|finditer|fullmatch|split|compile)\(/,
  },
  {
    name: 'copy',
    nature: 'computes',
    words: 'copying objects',
    remedy: null,
    frames: [
      [python('copy'), /^(deepcopy|copy|_deepcopy_\w+|_reconstruct)$/],
      [null, /^structuredClone$/],
    ],
    calls: /\bstructuredClone\(/,
  },
  {
    name: 'model',
    nature: 'computes',
    words: 'the model itself',
    remedy: null,
    frames: [
      [python('torch/nn/modules/\\w+'), ANY],
      [python('torch/(_ops|nn/functional|_dynamo/eval_frame|jit/_script)'), ANY],
      [
        python('sklearn/.*'),
        /^(.*\.)?(predict\w*|transform|decision_function|score_samples|_predict\w*|_accumulate_prediction)$/,
      ],
      [python('onnxruntime/capi/onnxruntime_inference_collection'), /^(.*\.)?run$/],
      [
        python('(xgboost|lightgbm|catboost)/\\w+'),
        /^(.*\.)?(predict\w*|inplace_predict|_predict\w*|__inner_predict\w*)$/,
      ],
      [python('(tensorflow|keras)/.*'), ANY],
      [/(^|\/)node_modules\/(onnxruntime-node|@tensorflow|@xenova|@huggingface)\//, ANY],
    ],
  },
  {
    name: 'numerical code',
    nature: 'computes',
    words: 'numerical code',
    remedy: null,
    frames: [[python('(numpy|scipy|pandas|polars|torch|jax)/.*'), ANY]],
  },
  {
    name: 'idle',
    nature: 'serves',
    words: 'idle',
    remedy: null,
    frames: [
      [python('selectors'), /^(.*\.)?select$/],
      [null, /^(\(idle\)|epoll_wait|kevent|uv__io_poll)$/],
    ],
  },
  {
    name: 'event loop',
    nature: 'serves',
    words: 'the event loop',
    remedy: null,
    frames: [
      [
        python('asyncio/(base_events|runners|events|unix_events|windows_events)'),
        /^(.*\.)?(run|run_forever|run_until_complete|_run_once|_run)$/,
      ],
      [python('uvloop/__init__'), /^(.*\.)?run$/],
    ],
  },
  {
    name: 'thread pool of sync endpoints',
    nature: 'serves',
    words: 'the thread pool of sync endpoints',
    remedy: null,
    frames: [[python('anyio/_backends/_asyncio'), /^(WorkerThread\.)?run$/]],
  },
  {
    name: 'server',
    nature: 'serves',
    words: 'the server taking in requests',
    remedy: null,
    frames: [
      [python('threading'), /^(.*\.)?(_bootstrap|_bootstrap_inner|run)$/],
      [python('concurrent/futures/thread'), /^(.*\.)?(_worker|run)$/],
      [
        python('uvicorn/(main|server|_compat|_subprocess|supervisors/\\w+)'),
        /^(.*\.)?(run|serve|_serve|main_loop|asyncio_run|subprocess_started|startup|main|pause|should_restart)$/,
      ],
      [
        python('(socketserver|http/server|wsgiref/simple_server|werkzeug/serving)'),
        /^(.*\.)?(serve_forever|process_request_thread|process_request|finish_request|handle|handle_one_request|run_simple)$/,
      ],
      [python('gunicorn/.*'), ANY],
      [
        python('(hypercorn|waitress|cheroot|gevent|eventlet|tornado)/.*'),
        /^(.*\.)?(run|serve\w*|start|run_forever|main|wait|handler_thread)$/,
      ],
      [python('aiohttp/web'), /^(.*\.)?run_app$/],
      [python('flask/app'), /^(.*\.)?run$/],
    ],
  },
];

/** Roles whose functions only hand work on: user code that they were called from has no part in it. */
const ENTRANCES = new Set(['event loop', 'thread pool of sync endpoints', 'server', 'worker process']);

/** The role of a frame; null for those that have none, such as user code. */
export function roleOf({ file, function: name }: Frame): FrameRole | null {
  const path = file === null || file === '' ? null : file.replaceAll('\\', '/');
  const fits = ([files, functions]: FramePattern): boolean =>
    (path === null ? files === null : files?.test(path) === true) && functions.test(name);
  return ROLES.find(({ frames }) => frames.some(fits)) ?? null;
}

/** The role of what a source line calls without leaving a frame, and the call as it stands there; null where its text says nothing. */
export function calledFrom(
  text: string,
  hasFile: (pattern: RegExp) => boolean,
): { readonly role: FrameRole; readonly call: string } | null {
  const code = text.replace(/(^|\s)(#|\/\/).*$/, '');
  for (const role of ROLES) {
    if (role.calls === undefined || (role.within !== undefined && !hasFile(role.within))) continue;
    const found = role.calls.exec(code);
    if (found !== null) return { role, call: found[0].trim().replace(/[(:,]+$/, '') };
  }
  return null;
}

/** Whether a frame takes work in and hands it on. */
export function isEntrance(frame: Frame): boolean {
  const role = roleOf(frame);
  return role !== null && ENTRANCES.has(role.name);
}

/** Whether a frame belongs to an event loop, in which one thing runs at a time. */
export function isEventLoop(frame: Frame): boolean {
  return roleOf(frame)?.name === 'event loop';
}

/** Whether what a frame calls is what a thread was started for. */
export function isThreadRun({ file, function: name }: Frame): boolean {
  return file !== null && THREADING.test(file.replaceAll('\\', '/')) && THREAD_RUN.test(name);
}

const THREADING = python('threading');
const THREAD_RUN = /^(.*\.)?run$/;
