//! The sound that a mention makes: two soft notes, made here.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioContext, AudioNode};

/// The notes: how high, in Hz, and when, in seconds.
const NOTES: [(f32, f64); 2] = [(659.3, 0.0), (880.0, 0.14)];
/// How loud they are, of 1.
const VOLUME: f32 = 0.08;
/// How long a note takes to come, and to fade away, in seconds.
const RISE: f64 = 0.02;
const FADE: f64 = 0.6;

/// Plays it. A browser stays silent as long as nobody has touched the page.
pub fn play() {
    if let Ok(audio) = AudioContext::new() {
        let played = NOTES.iter().try_for_each(|&(height, at)| note(&audio, height, at));
        let over = std::time::Duration::from_secs_f64(if played.is_ok() { 1.0 } else { 0.0 });
        // It holds a device of the system's.
        set_timeout(
            move || {
                if let Ok(closed) = audio.close() {
                    spawn_local(async move { drop(JsFuture::from(closed).await) });
                }
            },
            over,
        );
    }
}

fn note(audio: &AudioContext, height: f32, at: f64) -> Result<(), JsValue> {
    let begins = audio.current_time() + at;
    let (voice, volume) = (audio.create_oscillator()?, audio.create_gain()?);
    voice.frequency().set_value(height);
    // Without a jump, which one would hear as a click.
    let gain = volume.gain();
    gain.set_value_at_time(0.0, begins)?;
    gain.linear_ramp_to_value_at_time(VOLUME, begins + RISE)?;
    gain.linear_ramp_to_value_at_time(0.0, begins + FADE)?;
    let node: &AudioNode = &voice;
    node.connect_with_audio_node(&volume)?.connect_with_audio_node(&audio.destination())?;
    voice.start_with_when(begins)?;
    voice.stop_with_when(begins + FADE)
}
