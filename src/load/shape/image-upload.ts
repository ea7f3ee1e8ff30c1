import { isJsonObject } from '../plan/json-object.ts';
import type { Part } from '../plan/plan.ts';
import { listRows, oneRow, type Rows, repeated, type Shape, type ShapedRequest, unknownRows } from './shape.ts';

/** How the base64 of PNG, JPEG, GIF, WebP, BMP and TIFF begins. */
const IMAGE_TEXT = /^(?:data:image\/[\w.+-]+;base64,|iVBORw0KGgo|\/9j\/|R0lGOD|UklGR|Qk[0-3]|SUkqA|TU0AK)/;

/** Images: as parts of a form, as base64 in JSON, or as the body itself. */
export const imageUpload: Shape = {
  name: 'images',
  matches: (request) => isUpload(request),
  rows({ body }) {
    if (body.kind === 'parts') return partRows(body.parts);
    if (body.kind === 'bytes') return unknownRows('The body is one image.', 1);
    const value = isJsonObject(body.value) ? body.value : {};
    const [name] = imageKeys(value);
    const put = (images: unknown) => ({ ...value, [name!]: images });
    if (Array.isArray(value[name!])) return listRows(value[name!], name!, put);
    return oneRow(
      value,
      `"${name}" holds one image. Where the server takes a list of them, write it as a list of one.`,
    );
  },
};

function isUpload({ contentType, body }: ShapedRequest): boolean {
  if (body.kind === 'parts') return body.parts.some(isImagePart);
  if (body.kind === 'bytes') return contentType?.startsWith('image/') === true;
  return isJsonObject(body.value) && imageKeys(body.value).length === 1;
}

function imageKeys(value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value).filter((name) => {
    const content = value[name];
    return Array.isArray(content) ? content.length > 0 && content.every(isImageText) : isImageText(content);
  });
}

function isImageText(value: unknown): boolean {
  return typeof value === 'string' && IMAGE_TEXT.test(value);
}

function isImagePart(part: Part): boolean {
  return 'file' in part && part.type.startsWith('image/');
}

/** A form sends several images as several parts of one name. */
function partRows(parts: readonly Part[]): Rows {
  const images = parts.filter(isImagePart);
  const names = new Set(images.map(({ name }) => name));
  if (names.size !== 1) {
    return unknownRows(
      `The form has images of several names (${[...names].join(', ')}): which are the rows cannot be told.`,
    );
  }
  const first = parts.findIndex(isImagePart);
  const others = parts.filter((part) => !isImagePart(part));
  const before = parts.slice(0, first).length;
  return {
    count: images.length,
    resized: (count) => ({
      body: { kind: 'parts', parts: [...others.slice(0, before), ...repeated(images, count), ...others.slice(before)] },
      headerLength: null,
    }),
  };
}
