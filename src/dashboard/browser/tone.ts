const SECONDS = 0.35;

/** Plays a short tone of two notes. A browser in which nobody has clicked yet plays none. */
export function playTone(): void {
  try {
    const audio = new AudioContext();
    const gain = audio.createGain();
    gain.connect(audio.destination);
    gain.gain.setValueAtTime(0.12, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + SECONDS);
    const note = audio.createOscillator();
    note.frequency.setValueAtTime(660, audio.currentTime);
    note.frequency.setValueAtTime(880, audio.currentTime + SECONDS / 3);
    note.connect(gain);
    note.onended = () => void audio.close();
    note.start();
    note.stop(audio.currentTime + SECONDS);
  } catch {
    // A browser without sound.
  }
}
