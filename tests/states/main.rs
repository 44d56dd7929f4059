//! The page in every state it can be in ([`table`]): what keeps people out of it ([`axe`]), and pictures to look at
//! ([`pictures`]).

mod axe;
mod pictures;
mod table;
