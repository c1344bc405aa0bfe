const notes = [
  { hertz: 660, atSeconds: 0 },
  { hertz: 880, atSeconds: 0.09 },
] as const;
const ringSeconds = 0.22;
const loudness = 0.09;

let context: AudioContext | undefined;

/**
 * Two soft notes, made here: there is no file to fetch. `false` when the browser lets no page sound that nobody has touched
 * yet; the system's own sound may then take its place.
 */
export async function playChime(): Promise<boolean> {
  if (!('AudioContext' in globalThis) || navigator.userActivation?.hasBeenActive === false) return false;
  context ??= new AudioContext();
  if (context.state === 'suspended') await context.resume();
  if (context.state !== 'running') return false;
  for (const { hertz, atSeconds } of notes) ring(context, hertz, context.currentTime + atSeconds);
  return true;
}

function ring(audio: AudioContext, hertz: number, startSeconds: number): void {
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.type = 'sine';
  tone.frequency.value = hertz;
  // Rising and falling without a step, which would be heard as a click.
  volume.gain.setValueAtTime(0, startSeconds);
  volume.gain.linearRampToValueAtTime(loudness, startSeconds + 0.012);
  volume.gain.exponentialRampToValueAtTime(0.0001, startSeconds + ringSeconds);
  tone.connect(volume).connect(audio.destination);
  tone.start(startSeconds);
  tone.stop(startSeconds + ringSeconds);
}
