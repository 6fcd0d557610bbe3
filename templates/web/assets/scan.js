// Reads a QR code from a picture or a camera: with what the browser has for it, else with a decoder of its own.
import decodeQr from 'qr/decode.js';

/** The longest side of a picture that is looked at, in pixels. */
const LARGEST = 1600;
const PAUSE_MS = 150;

const canvas = document.createElement('canvas');
const context = canvas.getContext('2d', { willReadFrequently: true });

async function detector() {
  if (!('BarcodeDetector' in globalThis)) return undefined;
  const formats = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes('qr_code') ? new BarcodeDetector({ formats: ['qr_code'] }) : undefined;
}

function draw(source, width, height) {
  const scale = Math.min(1, LARGEST / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  // What is transparent is paper.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
}

async function readCanvas(own, timeLimit) {
  const [found] = (await own?.detect(canvas).catch(() => [])) ?? [];
  if (found !== undefined) return found.rawValue;
  try {
    return decodeQr(context.getImageData(0, 0, canvas.width, canvas.height), { timeLimit });
  } catch {
    // It throws where it finds none.
    return undefined;
  }
}

/** Gives the text of the code on a picture; undefined where there is none that can be read. */
export async function readPicture(file) {
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (picture === undefined) return undefined;
  draw(picture, picture.width, picture.height);
  picture.close();
  return readCanvas(await detector(), 3000);
}

/** Shows what the camera sees until there is a code in it. Undefined once the signal ends it; throws where it may not look. */
export async function readCamera(video, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  try {
    video.srcObject = stream;
    await video.play();
    const own = await detector();
    while (!signal.aborted) {
      draw(video, video.videoWidth, video.videoHeight);
      const text = await readCanvas(own, 100);
      if (text !== undefined) return text;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return undefined;
  } finally {
    video.srcObject = null;
    for (const track of stream.getTracks()) track.stop();
  }
}
