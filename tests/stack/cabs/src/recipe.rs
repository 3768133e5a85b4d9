//! Which CAB files there are.

use cab::CompressionType;

/// How one CAB file is made.
pub(crate) struct Recipe {
    /// File name inside the output folder; tests refer to it.
    pub(crate) name: &'static str,
    pub(crate) compression: CompressionType,
    pub(crate) size: Size,
    /// Starts the pseudo-random bytes, so that no two files share content.
    pub(crate) seed: u64,
}

/// What is fixed about a file's size.
pub(crate) enum Size {
    /// Bytes of the CAB itself. Only a stored (uncompressed) CAB can hit a size exactly.
    Cab(u64),
    /// Bytes of the dump inside; the CAB comes out near half of it.
    Dump(u64),
}

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// Raise this when a recipe or the content changes, so that files made before are written anew.
pub(crate) const VERSION: u32 = 1;

/// Smallest first. The compressed ones come out within a few percent of their name.
pub(crate) const RECIPES: &[Recipe] = &[
    Recipe {
        name: "8k.cab",
        compression: CompressionType::None,
        size: Size::Cab(8 * KIB),
        seed: 8,
    },
    Recipe {
        name: "64k.cab",
        compression: CompressionType::MsZip,
        size: Size::Dump(125 * KIB),
        seed: 64,
    },
    Recipe {
        name: "1m.cab",
        compression: CompressionType::MsZip,
        size: Size::Dump(2 * MIB),
        seed: 1,
    },
    Recipe {
        name: "16m.cab",
        compression: CompressionType::None,
        size: Size::Cab(16 * MIB),
        seed: 16,
    },
    Recipe {
        name: "256m.cab",
        compression: CompressionType::None,
        size: Size::Cab(256 * MIB),
        seed: 256,
    },
];
