//! Checks by the ELF headers whether a program is static.

use std::path::Path;

use crate::error::Error;

const PT_DYNAMIC: u32 = 2;
const PT_INTERP: u32 = 3;

/// Refuses a program that needs a dynamic linker.
///
/// # Errors
///
/// When it needs one, or is not a 64-bit little-endian ELF program.
pub fn check_static(program: &[u8], path: &Path) -> Result<(), Error> {
    let error = |what: &str| Error::new(format!("{}: {what}.", path.display()));
    let types = segment_types(program).ok_or_else(|| error("it is not an ELF program of 64 bits and little endian"))?;
    if types.contains(&PT_INTERP) {
        return Err(error("it needs a dynamic linker. Was RUSTFLAGS set? It replaces the flags of .cargo/config.toml"));
    }
    if types.contains(&PT_DYNAMIC) {
        return Err(error("it has a dynamic section, so it is not static, or relocates itself at the start"));
    }
    Ok(())
}

/// Returns the types of all program headers.
fn segment_types(program: &[u8]) -> Option<Vec<u32>> {
    // These are the magic number, 64 bits, and little endian.
    if !program.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let number = |at: usize, length: usize| -> Option<u64> {
        let mut bytes = [0; 8];
        bytes[..length].copy_from_slice(program.get(at..at.checked_add(length)?)?);
        Some(u64::from_le_bytes(bytes))
    };
    let table = usize::try_from(number(0x20, 8)?).ok()?;
    let size = usize::try_from(number(0x36, 2)?).ok()?;
    let count = usize::try_from(number(0x38, 2)?).ok()?;
    (0..count).map(|index| u32::try_from(number(table.checked_add(index * size)?, 4)?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::check_static;

    #[test]
    fn only_a_program_without_a_dynamic_linker_is_static() {
        let said = |program: &[u8]| check_static(program, Path::new("az")).map_err(|error| error.to_string());
        let header = |types: &[u32]| {
            let mut program = vec![0; 64];
            program[..6].copy_from_slice(b"\x7fELF\x02\x01");
            program[0x20] = 64;
            program[0x36] = 56;
            program[0x38] = types.len() as u8;
            for kind in types {
                program.extend(kind.to_le_bytes());
                program.extend([0; 52]);
            }
            program
        };
        assert_eq!(said(&header(&[1, 1, 7])), Ok(()));
        let refused = said(&header(&[6, 3, 1, 2])).unwrap_err();
        assert!(refused.starts_with("az: it needs a dynamic linker."), "{refused}");
        let refused = said(&header(&[1, 2])).unwrap_err();
        assert!(refused.starts_with("az: it has a dynamic section"), "{refused}");
        let cut = header(&[1, 1]);
        for other in [b"#!/bin/sh".as_slice(), &cut[..100], b""] {
            assert_eq!(said(other).unwrap_err(), "az: it is not an ELF program of 64 bits and little endian.");
        }
    }

    #[test]
    fn xtask_is_static_as_the_program_is() {
        let path = std::env::current_exe().unwrap();
        check_static(&std::fs::read(&path).unwrap(), &path).unwrap();
    }
}
