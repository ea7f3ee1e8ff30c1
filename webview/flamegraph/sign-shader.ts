import { type DifferenceColours, NO_RANGES, type SignRanges } from './difference-colours.ts';
import { colourFunction, SIGN_UNIFORMS, withSigns } from './sign-code.ts';

/**
 * Has speedscope, which colours boxes by their names alone, colour them by their signs where a difference is shown. To be made before its
 * script runs: it then finds its own shader with one call exchanged, and two uniforms in it that are set whenever the shader is used.
 */
export class SignShader {
  #ranges: SignRanges | null = null;

  constructor(context: typeof WebGLRenderingContext.prototype, colours: DifferenceColours) {
    const { shaderSource, useProgram } = context;
    const code = colourFunction(colours);
    context.shaderSource = function (shader, source) {
      shaderSource.call(this, shader, withSigns(source, code));
    };
    const setRanges = (gl: WebGLRenderingContext, program: WebGLProgram): void => this.#set(gl, program);
    context.useProgram = function (program) {
      useProgram.call(this, program);
      if (program !== null) setRanges(this, program);
    };
  }

  /** Null where what is shown is no difference: then speedscope's own colours are. */
  set ranges(ranges: SignRanges | null) {
    this.#ranges = ranges;
  }

  #set(gl: WebGLRenderingContext, program: WebGLProgram): void {
    const from = gl.getUniformLocation(program, SIGN_UNIFORMS.from);
    if (from === null) return;
    const { from: first, to } = this.#ranges ?? NO_RANGES;
    gl.uniform4fv(from, [...first]);
    gl.uniform4fv(gl.getUniformLocation(program, SIGN_UNIFORMS.to), [...to]);
    gl.uniform1f(gl.getUniformLocation(program, SIGN_UNIFORMS.isSigned), this.#ranges === null ? 0 : 1);
  }
}
