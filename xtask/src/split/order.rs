//! Orders the functions of a piece of the page so that those which are alike stand together: it is compressed better by a
//! thirtieth.

use std::convert::Infallible;

use anyhow::Result;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionBody, FunctionSectionReader, Parser, Payload, TypeRef};

/// The same piece in another order.
pub(crate) fn order(piece: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::new();
    Order::of(piece)?.parse_core_module(&mut module, Parser::new(0), piece)?;
    Ok(module.finish())
}

/// Writes a piece in this order.
struct Order {
    /// How many functions the piece has from elsewhere. They come first, and stay.
    imported: u32,
    /// Its own, as they stand from now on.
    functions: Vec<usize>,
    /// Where each of them stands.
    places: Vec<u32>,
}

impl Order {
    fn of(piece: &[u8]) -> Result<Self> {
        let (mut imported, mut kinds, mut bodies): (_, Vec<u32>, Vec<FunctionBody<'_>>) = (0, vec![], vec![]);
        for payload in Parser::new(0).parse_all(piece) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(section) => kinds = section.into_iter().collect::<Result<_, _>>()?,
                Payload::CodeSectionEntry(body) => bodies.push(body),
                _ => {}
            }
        }
        let mut functions: Vec<_> = (0..bodies.len()).collect();
        functions.sort_by_key(|function| (kinds.get(*function), bodies[*function].as_bytes()));
        let mut places = vec![0; functions.len()];
        for (place, function) in (0..).zip(&functions) {
            places[*function] = place;
        }
        Ok(Self { imported, functions, places })
    }

    /// What belongs to the functions, in their order.
    fn apply<T: Clone>(&self, all: &[T]) -> Vec<T> {
        self.functions.iter().map(|function| all[*function].clone()).collect()
    }
}

impl Reencode for Order {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        let own = function.checked_sub(self.imported);
        Ok(own.map_or(function, |own| self.imported + self.places[own as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        let kinds: Vec<u32> = section.into_iter().collect::<Result<_, _>>()?;
        for kind in self.apply(&kinds) {
            functions.function(kind);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, code: &mut CodeSection, section: CodeSectionReader<'_>) -> Result<(), Error> {
        let bodies: Vec<FunctionBody<'_>> = section.into_iter().collect::<Result<_, _>>()?;
        for body in self.apply(&bodies) {
            self.parse_function_body(code, body)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ExportKind, ExportSection, Function, Instruction, TypeSection};
    use wasmparser::Operator;

    use super::*;

    #[test]
    fn what_is_alike_stands_together_and_is_still_found() -> Result<()> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([], []);
        let (mut kinds, mut code, mut exports) = (FunctionSection::new(), CodeSection::new(), ExportSection::new());
        for (number, kind) in [(0, 1), (1, 0), (2, 1), (3, 0)] {
            kinds.function(kind);
            let mut function = Function::new([]);
            function.instruction(&Instruction::Call(number)).instruction(&Instruction::End);
            code.function(&function);
            exports.export(&number.to_string(), ExportKind::Func, number);
        }
        let mut module = Module::new();
        module.section(&types).section(&kinds).section(&exports).section(&code);
        let ordered = order(&module.finish())?;

        let (mut found, mut sorted, mut called) = (vec![], vec![], vec![]);
        for payload in Parser::new(0).parse_all(&ordered) {
            match payload? {
                Payload::ExportSection(section) => {
                    found = section.into_iter().map(|export| Ok(export?.index)).collect::<Result<_>>()?;
                }
                Payload::FunctionSection(section) => sorted = section.into_iter().collect::<Result<_, _>>()?,
                Payload::CodeSectionEntry(body) => called.push(body.get_operators_reader()?.read()?),
                _ => {}
            }
        }
        // Each still calls itself.
        assert_eq!(called, [0, 1, 2, 3].map(|function_index| Operator::Call { function_index }));
        assert_eq!(sorted, [0, 0, 1, 1]);
        assert_eq!(found, [2, 0, 3, 1]);
        Ok(())
    }
}
