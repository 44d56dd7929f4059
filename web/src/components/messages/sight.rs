//! What the person sees of the messages: it decides what is read, what is asked for, and what may be forgotten.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, HtmlElement};

use crate::connection::Connection;
use crate::listen;
use crate::model::timeline::{Gap, Side};

/// How near to the end, in pixels, is at the end.
const NEAR: i32 = 48;
/// How far outside of what is seen, in pixels, a gap is filled: before one comes to it.
const AHEAD: f64 = 1_200.0;

/// Where the person looks.
#[derive(Clone, Copy)]
pub(super) struct Sight {
    connection: Connection,
    room: Memo<String>,
    scroller: NodeRef<Div>,
    /// The last message when they left the end; `None` at the end.
    left_at: RwSignal<Option<u64>>,
    looks_soon: StoredValue<bool>,
}

impl Sight {
    pub(super) fn new(connection: Connection, room: Memo<String>, scroller: NodeRef<Div>) -> Self {
        let sight =
            Self { connection, room, scroller, left_at: RwSignal::new(None), looks_soon: StoredValue::new(false) };
        // Another room is seen from its end, and so is what one has said.
        Effect::new(move || {
            room.track();
            connection.track_said();
            sight.to_end();
        });
        // What came may be in sight.
        Effect::new(move || {
            connection.rows().track();
            sight.look_soon();
        });
        listen::to(&document(), leptos::ev::visibilitychange, move |_| match document().hidden() {
            true => connection.look_away(),
            false => sight.look_soon(),
        });
        sight
    }

    /// Whether they have left the end.
    pub(super) fn is_away(self) -> bool {
        self.left_at.read().is_some()
    }

    /// How many messages came since they left the end.
    pub(super) fn missed(self) -> u64 {
        let head = self.connection.with_rooms(|rooms| rooms.get(&self.room.read()).map(|room| room.info().head));
        head.unwrap_or(0).saturating_sub(self.left_at.get().unwrap_or(u64::MAX))
    }

    /// Goes to the end.
    pub(super) fn to_end(self) {
        if let Some(scroller) = self.scroller.get_untracked() {
            // It counts from its end.
            scroller.set_scroll_top(0);
        }
        self.left_at.set(None);
        self.look_soon();
    }

    /// Looks before the next frame.
    pub(super) fn look_soon(self) {
        // A room that is left is scrolled once more.
        if self.looks_soon.try_get_value() == Some(false) {
            self.looks_soon.set_value(true);
            request_animation_frame(move || {
                // The room may have been left since.
                if self.looks_soon.try_set_value(false).is_none() {
                    self.look();
                }
            });
        }
    }

    fn look(self) {
        let Some(scroller) = self.scroller.get_untracked() else { return };
        let room = self.room.get_untracked();
        let last = self.connection.with_timeline(&room, |timeline| timeline.last()).flatten();
        if -scroller.scroll_top() <= NEAR {
            self.connection.look_at(None);
            if self.left_at.read_untracked().is_some() {
                self.left_at.set(None);
            }
            if let Some(last) = last.filter(|_| !document().hidden()) {
                self.connection.seen(&room, last);
            }
        } else {
            self.connection.look_at(seq_in_sight(&scroller));
            if self.left_at.read_untracked().is_none() {
                self.left_at.set(Some(last.unwrap_or(0)));
            }
        }
        self.look_for_gaps(&scroller);
    }

    fn look_for_gaps(self, scroller: &HtmlElement) {
        let view = scroller.get_bounding_client_rect();
        let gaps = scroller.get_elements_by_class_name("gap");
        for gap in (0..gaps.length()).filter_map(|at| gaps.item(at)) {
            let place = gap.get_bounding_client_rect();
            if place.bottom() > view.top() - AHEAD && place.top() < view.bottom() + AHEAD {
                if let Some(missing) = gap_of(&gap) {
                    self.connection.gap_in_sight(missing, side(&place, &view));
                }
                return;
            }
        }
    }
}

/// The end of a gap that one comes to first.
fn side(gap: &DomRect, view: &DomRect) -> Side {
    let middle = |rect: &DomRect| rect.top() + rect.height() / 2.0;
    if middle(gap) < middle(view) { Side::Lower } else { Side::Upper }
}

/// The gap that a row shows.
fn gap_of(row: &Element) -> Option<Gap> {
    let number = |name| row.get_attribute(name)?.parse().ok();
    Some(Gap { after: number("data-after")?, before: number("data-before")? })
}

/// The message in the middle of what is seen.
fn seq_in_sight(scroller: &HtmlElement) -> Option<u64> {
    let view = scroller.get_bounding_client_rect();
    let (x, y) = (view.left() + view.width() / 2.0, view.top() + view.height() / 2.0);
    let row = document().element_from_point(x as f32, y as f32)?.closest("[data-seq]").ok()??;
    row.unchecked_into::<HtmlElement>().get_attribute("data-seq")?.parse().ok()
}
