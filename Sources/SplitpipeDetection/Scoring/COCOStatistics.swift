/// The twelve numbers of COCOeval for boxes; −1 where there is nothing to find.
package struct COCOStatistics: Hashable, Sendable, Codable {
  package var ap, ap50, ap75, apSmall, apMedium, apLarge: Double
  package var ar1, ar10, ar100, arSmall, arMedium, arLarge: Double

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case ap = "AP"
    case ap50 = "AP50"
    case ap75 = "AP75"
    case apSmall = "APsmall"
    case apMedium = "APmedium"
    case apLarge = "APlarge"
    case ar1 = "AR1"
    case ar10 = "AR10"
    case ar100 = "AR100"
    case arSmall = "ARsmall"
    case arMedium = "ARmedium"
    case arLarge = "ARlarge"
  }

  /// Names and values in COCOeval's order.
  package var rows: [(name: String, value: Double)] {
    let values = [
      ap, ap50, ap75, apSmall, apMedium, apLarge, ar1, ar10, ar100, arSmall, arMedium, arLarge,
    ]
    return Array(zip(CodingKeys.allCases.map(\.rawValue), values))
  }
}

/// The result of a `COCOScorer`.
package struct COCOResult: Hashable, Sendable {
  package let statistics: COCOStatistics
  /// Average precision over the ten overlaps per class, nil for a class without objects.
  package let perClass: [Double?]
  /// Average precision at overlap 0.5 per class, nil for a class without objects.
  package let perClass50: [Double?]
  /// The number of images scored.
  package let images: Int

  /// Mean average precision at overlap 0.5; nil where no object is to be found.
  package var map50: Double? { statistics.ap50 < 0 ? nil : statistics.ap50 }
  /// Mean average precision over overlaps 0.5 to 0.95; nil where no object is to be found.
  package var map50_95: Double? { statistics.ap < 0 ? nil : statistics.ap }
}
