//! Joins pieces of the page that are always loaded together: one file compresses better than several, and is one request.
//!
//! The pieces call each other through the table of functions, in which each enters its own: whoever calls another piece's
//! function has a stub that calls what stands at its place of the table. Within one piece a call needs neither. Pieces that
//! are joined have the same types, and the same imports, of which none is a function.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, FunctionSection, Module, RawSection, SectionId,
};
use wasmparser::{
    DataSectionReader, ElementItems, ElementKind, ElementSectionReader, FunctionBody, Operator, Parser, Payload,
};

/// A place in the table of functions.
type Place = u32;

/// A piece, as it is read.
struct Piece<'a> {
    /// What it shares with the others, as it stands there.
    types: &'a [u8],
    imports: &'a [u8],
    functions: Vec<Function<'a>>,
    elements: Option<ElementSectionReader<'a>>,
    data: Option<DataSectionReader<'a>>,
}

struct Function<'a> {
    /// The number of its type.
    kind: u32,
    body: FunctionBody<'a>,
}

/// The pieces as one.
pub(crate) fn join(pieces: &[&[u8]]) -> Result<Vec<u8>> {
    let pieces: Vec<_> = pieces.iter().map(|piece| read(piece)).collect::<Result<_>>()?;
    let numbers = number(&pieces)?;

    let (types, imports) = pieces.first().map(|first| (first.types, first.imports)).context("nothing to join")?;
    let are_alike = pieces.iter().all(|piece| (piece.types, piece.imports) == (types, imports));
    ensure!(are_alike, "the pieces have other types, or other imports");
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let (mut elements, mut data) = (ElementSection::new(), DataSection::new());
    let mut rest = &*numbers;
    for piece in pieces {
        let (own, others) = rest.split_at(piece.functions.len());
        rest = others;
        let mut renumber = Renumber { functions: own, first_data: data.len() };
        for (function, place) in piece.functions.into_iter().zip(own) {
            if place.stays {
                functions.function(function.kind);
                renumber.parse_function_body(&mut code, function.body)?;
            }
        }
        if let Some(section) = piece.elements {
            renumber.parse_element_section(&mut elements, section)?;
        }
        if let Some(section) = piece.data {
            renumber.parse_data_section(&mut data, section)?;
        }
    }

    let mut module = Module::new();
    module.section(&RawSection { id: SectionId::Type.into(), data: types });
    module.section(&RawSection { id: SectionId::Import.into(), data: imports });
    module.section(&functions).section(&elements);
    module.section(&DataCountSection { count: data.len() }).section(&code).section(&data);
    Ok(module.finish())
}

fn read(piece: &[u8]) -> Result<Piece<'_>> {
    let (mut types, mut imports, mut elements, mut data) = (None, None, None, None);
    let (mut kinds, mut functions) = (vec![], vec![]);
    let contents = |range: Range<u64>| piece.get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?);
    for payload in Parser::new(0).parse_all(piece) {
        match payload? {
            Payload::TypeSection(section) => types = contents(section.range()),
            Payload::ImportSection(section) => imports = contents(section.range()),
            Payload::FunctionSection(section) => kinds = section.into_iter().collect::<Result<_, _>>()?,
            Payload::ElementSection(section) => elements = Some(section),
            Payload::CodeSectionEntry(body) => {
                let kind = *kinds.get(functions.len()).context("a function without a type")?;
                functions.push(Function { kind, body });
            }
            Payload::DataSection(section) => data = Some(section),
            _ => {}
        }
    }
    let (types, imports) = types.zip(imports).context("a piece without types, or without imports")?;
    Ok(Piece { types, imports, functions, elements, data })
}

/// Where a function of a piece is in the whole.
struct Numbered {
    number: u32,
    /// Whether it is there itself. Any other is a stub, and something stands for it.
    stays: bool,
}

/// Where the pieces' functions are in the whole, one piece after the other. What a stub calls stands for it, if it is here;
/// else the first stub that calls the same.
fn number(pieces: &[Piece<'_>]) -> Result<Vec<Numbered>> {
    let mut at_place: HashMap<Place, usize> = HashMap::new();
    let mut first = 0;
    for piece in pieces {
        at_place.extend(entered(piece)?.into_iter().map(|(place, function)| (place, first + function)));
        first += piece.functions.len();
    }
    let is_entered: HashSet<_> = at_place.values().copied().collect();

    let mut stands_for = vec![];
    for function in pieces.iter().flat_map(|piece| &piece.functions) {
        let own = stands_for.len();
        let place = if is_entered.contains(&own) { None } else { called_by_stub(function)? };
        stands_for.push(place.map_or(own, |place| *at_place.entry(place).or_insert(own)));
    }

    let mut numbers = vec![0; stands_for.len()];
    let stays = |function: &usize| stands_for[*function] == *function;
    for (number, function) in (0..).zip((0..stands_for.len()).filter(stays)) {
        numbers[function] = number;
    }
    let numbered = |(own, function): (usize, &usize)| Numbered { number: numbers[*function], stays: own == *function };
    Ok(stands_for.iter().enumerate().map(numbered).collect())
}

/// Which functions of a piece stand at which places of the table.
fn entered(piece: &Piece<'_>) -> Result<Vec<(Place, usize)>> {
    let mut entered = vec![];
    for element in piece.elements.clone().into_iter().flatten() {
        let element = element?;
        let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(functions)) =
            (element.kind, element.items)
        else {
            bail!("a table of functions of an unknown kind");
        };
        let Operator::I32Const { value: first } = offset_expr.get_operators_reader().read()? else {
            bail!("a table of functions at an unknown place");
        };
        for (place, function) in (first.cast_unsigned()..).zip(functions) {
            entered.push((place, function? as usize));
        }
    }
    Ok(entered)
}

/// The place in the table that this function does nothing but call, with what it was given.
fn called_by_stub(function: &Function<'_>) -> Result<Option<Place>> {
    let mut operators = function.body.get_operators_reader()?;
    let mut given = 0;
    let place = loop {
        match operators.read()? {
            Operator::LocalGet { local_index } if local_index == given => given += 1,
            Operator::I32Const { value } => break value.cast_unsigned(),
            _ => return Ok(None),
        }
    };
    let calls = matches!(operators.read()?, Operator::CallIndirect { type_index, .. } if type_index == function.kind);
    Ok((calls && matches!(operators.read()?, Operator::End)).then_some(place))
}

/// Writes what stands in a piece with its numbers in the whole.
struct Renumber<'a> {
    functions: &'a [Numbered],
    first_data: u32,
}

impl Reencode for Renumber<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(self.functions[function as usize].number)
    }

    fn data_index(&mut self, data: u32) -> Result<u32, Error> {
        Ok(self.first_data + data)
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ConstExpr, Elements, EntityType, ImportSection, Instruction, RefType, TableType, TypeSection, ValType,
    };

    use super::*;

    /// A piece that enters one of its functions at a place of the table. They are written in WebAssembly's own words.
    fn piece(functions: &[&[Instruction<'_>]], entered: u32, place: i32) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([ValType::I32], [ValType::I32]);
        let mut imports = ImportSection::new();
        let table =
            TableType { element_type: RefType::FUNCREF, table64: false, minimum: 9, maximum: None, shared: false };
        imports.import("all", "table", EntityType::Table(table));
        let (mut kinds, mut code, mut elements) = (FunctionSection::new(), CodeSection::new(), ElementSection::new());
        for instructions in functions {
            kinds.function(0);
            let mut function = wasm_encoder::Function::new([]);
            for instruction in instructions.iter().chain(&[Instruction::End]) {
                function.instruction(instruction);
            }
            code.function(&function);
        }
        elements.active(Some(0), &ConstExpr::i32_const(place), Elements::Functions([entered][..].into()));
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&kinds).section(&elements).section(&code);
        module.finish()
    }

    fn calls(piece: &Piece<'_>, function: usize) -> Vec<u32> {
        let operators = piece.functions[function].body.get_operators_reader().expect("a body").into_iter();
        operators
            .filter_map(|operator| match operator.expect("an operator") {
                Operator::Call { function_index } => Some(function_index),
                _ => None,
            })
            .collect()
    }

    fn stub(place: i32) -> [Instruction<'static>; 3] {
        [
            Instruction::LocalGet(0),
            Instruction::I32Const(place),
            Instruction::CallIndirect { type_index: 0, table_index: 0 },
        ]
    }

    #[test]
    fn pieces_call_each_other_without_the_table_and_others_by_one_stub() -> Result<()> {
        let caller = [Instruction::LocalGet(0), Instruction::Call(0), Instruction::Call(1)];
        // The second piece's function stands at 6; nothing here stands at 7.
        let first = piece(&[&stub(6), &stub(7), &caller], 2, 5);
        let second = piece(&[&stub(7), &caller[..2]], 1, 6);
        let joined = join(&[&first, &second])?;
        let joined = read(&joined)?;
        // What is left: the stub of 7, and the two callers.
        assert_eq!(joined.functions.len(), 3);
        assert_eq!(calls(&joined, 0), []);
        assert_eq!(calls(&joined, 1), [2, 0]);
        assert_eq!(calls(&joined, 2), [0]);
        assert_eq!(entered(&joined)?, [(5, 1), (6, 2)]);
        Ok(())
    }

    #[test]
    fn a_stub_right_before_what_it_calls_is_not_taken_for_it() -> Result<()> {
        // The second piece's function, which stands at 6, calls itself.
        let first = piece(&[&[Instruction::LocalGet(0), Instruction::Call(1)], &stub(6)], 0, 5);
        let second = piece(&[&[Instruction::LocalGet(0), Instruction::Call(0)]], 0, 6);
        let joined = join(&[&first, &second])?;
        let joined = read(&joined)?;
        assert_eq!(joined.functions.len(), 2);
        assert_eq!(calls(&joined, 0), [1]);
        assert_eq!(calls(&joined, 1), [1]);
        Ok(())
    }
}
